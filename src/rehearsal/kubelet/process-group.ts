import { isCode } from "../../kernel/files.ts";
import type { GroupRecord } from "./ledger.ts";
import { type ProcessRow, readEnvironment, readProcesses } from "./process-table.ts";

/**
 * The processes that belong to a recorded group: those in its group and session while its leader is the one that was
 * recorded, and those anywhere that carry the pod's mark in their environment.
 * `trusted`: the leader was ours until this very moment, so its number cannot have been given to another group.
 */
export function membersOf(
  group: GroupRecord,
  processes: readonly ProcessRow[],
  options: { readonly trusted?: boolean } = {},
): ProcessRow[] {
  const leader = processes.find((row) => row.pid === group.pid);
  const ours = leader === undefined ? options.trusted === true : leader.started === group.started;
  return processes.filter((row) => {
    if (row.pid === process.pid) return false;
    const inside = row.group === group.pid || row.session === group.pid;
    return (inside && ours) || isMarked(row, group);
  });
}

/** Kills all members, looking again until none is left: a member may fork while it is being killed. */
export async function killGroup(group: GroupRecord, options: { readonly trusted?: boolean } = {}): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < 200; round += 1) {
    const members = membersOf(group, readProcesses(), options);
    if (members.length === 0) break;
    for (const { pid } of members) {
      killed.add(pid);
      sendSignal(pid, "SIGKILL");
    }
    // a killed process leaves the table only after its parent or init has noticed
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, 2 + round)));
  }
  return killed.size;
}

/** Signals one process or, with a negative number, a group; what is gone already is no failure. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isCode(error, "ESRCH") && !isCode(error, "EPERM")) throw error;
  }
}

/** By row, since each recorded group asks for the environment of every process. */
const environments = new WeakMap<ProcessRow, string>();

function isMarked(row: ProcessRow, { mark }: GroupRecord): boolean {
  if (mark === undefined) return false;
  const environment = environments.get(row) ?? `\0${readEnvironment(row.pid) ?? ""}`;
  environments.set(row, environment);
  // text as /proc is read here: one character a byte
  return environment.includes(Buffer.from(`\0AURA_RUN=${mark}\0`).toString("latin1"));
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { messageOf } from "../../kernel/failure.ts";
import type { ProcessIdentity } from "../../kernel/processes.ts";
import { bootId, type ContainerRecord, type GroupRecord, readLedger } from "./ledger.ts";
import { killGroup, membersOf } from "./process-group.ts";
import { readProcesses } from "./process-table.ts";

/**
 * Kills what an earlier server of this data directory started and left running, and forgets it. A process is killed
 * only if its start time or its environment shows that it is the recorded one.
 * @returns how many processes and containers were killed.
 */
export async function reap(dataDir: string): Promise<{ readonly killed: number }> {
  let killed = 0;
  for (const { entry, forget } of readLedger(dataDir)) {
    const removed = "pid" in entry ? await reapGroup(entry) : await removeContainer(entry);
    killed += removed ?? 0;
    // an engine that does not answer now may still have the container: ask again next time
    if (removed !== undefined) forget();
  }
  return { killed };
}

/** The processes of recorded groups that run now. Containers are not processes of this machine: `reap` removes them. */
export function survivors(dataDir: string): ProcessIdentity[] {
  const groups = readLedger(dataDir).flatMap(({ entry }) => ("pid" in entry && isOfThisBoot(entry) ? entry : []));
  if (groups.length === 0) return [];
  const processes = readProcesses();
  const found = new Map<number, ProcessIdentity>();
  for (const group of groups) {
    for (const { pid, started } of membersOf(group, processes)) found.set(pid, { pid, started });
  }
  return [...found.values()];
}

function isOfThisBoot(group: GroupRecord): boolean {
  return group.boot === bootId();
}

async function reapGroup(group: GroupRecord): Promise<number> {
  return isOfThisBoot(group) ? killGroup(group) : 0;
}

/** How many there were, 1 or 0; undefined when the engine did not answer. */
async function removeContainer({ engine, environment, name }: ContainerRecord): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)(engine, ["rm", "--force", name], {
      env: environment,
      timeout: 15_000,
    });
    return stdout.trim() === "" ? 0 : 1;
  } catch (error) {
    return /no such container/i.test(messageOf(error)) ? 0 : undefined;
  }
}

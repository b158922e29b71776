import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { isCode } from "./files.ts";

/**
 * A process as it can be recognized later: pids are reused, start times are not.
 * `started` is the kernel's start tick on Linux, the start time in seconds by `ps` elsewhere, and empty where there is
 * no `ps` (then the pid alone must do).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** The identity of a running process, or undefined when no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = procStat(pid);
  if (stat === "zombie") return undefined;
  if (stat !== undefined) return { pid, started: stat };
  return process.platform !== "linux" && isRunning(pid) ? { pid, started: startedByPs(pid) } : undefined;
}

/** Whether this very process (not another one with its pid) still runs. A zombie does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  const current = identify(identity.pid);
  return current !== undefined && current.started === identity.started;
}

/** Sends a signal to a whole process group; false when the group is gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return sent(-pid, signal);
}

/** Sends a signal to this very process alone; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isAlive(identity) && sent(identity.pid, signal);
}

/** Sends a signal to what is left of the group that this process led; false when that is nothing. */
export function signalGroupOf(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  const current = identify(identity.pid);
  // while one of the group lives the system gives its number to nobody else
  return (current === undefined || current.started === identity.started) && signalGroup(identity.pid, signal);
}

function sent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (isCode(error, "ESRCH")) return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

/** `Thu Jan 1 00:00:00 2026`, single-spaced. */
function startedByPs(pid: number): string {
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
  });
  return (stdout ?? "").trim().replace(/\s+/g, " ");
}

/** Field 22 of /proc/PID/stat, the start time in ticks since boot; "zombie" for state Z. */
function procStat(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "zombie" : fields[19];
  } catch {
    return undefined;
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";

import { makeFolder } from "../kernel/files.ts";

/** A command line that is started and left to itself. */
export interface BackgroundCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Takes its output, after what is in it. */
  readonly log: string;
}

/** Starts it in a session of its own, so that it outlives this process and its terminal; returns its pid. */
export type StartInBackground = (command: BackgroundCommand) => Promise<number>;

/** `StartInBackground` of this machine. */
export async function startInBackground({ program, args, cwd, log }: BackgroundCommand): Promise<number> {
  await makeFolder(dirname(log));
  const output = openSync(log, "a", 0o600);
  try {
    const child = spawn(program, [...args], { cwd, detached: true, stdio: ["ignore", output, output] });
    const spawned = once(child, "spawn");
    child.unref();
    await spawned;
    return child.pid ?? 0;
  } finally {
    closeSync(output);
  }
}

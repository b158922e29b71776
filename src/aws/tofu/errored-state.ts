import { rename } from "node:fs/promises";
import { join } from "node:path";

import { Failure, messageOf } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import type { EngineCalls } from "./engine-calls.ts";

/** Where an engine puts a state that it could not save: in the folder it works in. */
const fileName = "errored.tfstate";

/** Saves a state that an earlier run could not save, so that what it made is known. Returns whether there was one. */
export async function pushErroredState(
  calls: EngineCalls,
  options: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const path = join(calls.cwd, fileName);
  if ((await readText(path)) === undefined) return false;
  await calls.ask(["state", "push", ...options, fileName], signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (cause instanceof Failure && cause.code !== "ENGINE_FAILED") throw cause;
    throw refused(path, calls.cwd, cause);
  });
  // it is kept, under a name that the engine does not look at
  await rename(path, `${path}.pushed`);
  return true;
}

function refused(path: string, cwd: string, cause: unknown): Failure {
  return new Failure("ENGINE_FAILED", "the state that an earlier run could not save is not accepted", {
    where: path,
    why: messageOf(cause),
    fix: `look at both, in ${cwd}: if this is the newer one, state push -force ${fileName}; if not: rm ${path}`,
    cause,
  });
}

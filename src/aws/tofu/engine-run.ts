import { join } from "node:path";

import type { CommandResult } from "../../kernel/commands.ts";
import { makeFolder } from "../../kernel/files.ts";
import type { ProcessIdentity } from "../../kernel/processes.ts";
import type { CutOffNote } from "./cut-off.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { EngineListener, EngineOptions } from "./engine-options.ts";
import { resourceCounter } from "./resource-progress.ts";
import type { RunningNote } from "./running.ts";
import { readLine } from "./stream.ts";

export type EngineAction = "init" | "plan" | "apply" | "destroy";

/** How one run of an engine ended. */
export interface EngineRun {
  readonly action: EngineAction;
  readonly ok: boolean;
  readonly code: CommandResult["code"];
  readonly signal: CommandResult["signal"];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines that were no JSON. */
  readonly texts: readonly string[];
  /** The file with all that it said. */
  readonly log: string;
}

export interface RunOptions
  extends Pick<EngineOptions, "commands" | "clock" | "program" | "env" | "logs" | "listener"> {
  readonly cwd: string;
  readonly note: RunningNote;
  readonly cutOff: CutOffNote;
}

/**
 * Runs an engine with its output in a file, so that it outlives this process, and is known to the next one by its note.
 * An abort interrupts it once and waits for its end; then the signal's reason is thrown.
 */
export async function runEngine(
  options: RunOptions,
  call: { readonly action: EngineAction; readonly args: readonly string[]; readonly signal: AbortSignal },
): Promise<EngineRun> {
  const { commands, program, env, cwd, logs, listener } = options;
  const { action, args, signal } = call;
  signal.throwIfAborted();
  await makeFolder(logs);
  const log = join(logs, `${stamp(options.clock.now())}-${action}.jsonl`);
  const noted = noting(options.note, { action, log });
  const heard = engineEar(listener);
  signal.addEventListener("abort", noted.interrupted, { once: true });
  try {
    const { code, signal: ending } = await commands.run({
      command: program.path,
      args: [action, ...args],
      ...{ cwd, env, signal, outputFile: log },
      onLine: heard.line,
      onStart: noted.started,
    });
    if (ending !== null) await options.cutOff.write(log);
    signal.throwIfAborted();
    // of a plan with -detailed-exitcode, 2 is success with changes
    const ok = code === 0 || (action === "plan" && code === 2);
    return { action, ok, code, signal: ending, log, ...heard.said() };
  } finally {
    signal.removeEventListener("abort", noted.interrupted);
    await noted.ended();
  }
}

/** Listens to an engine's lines: passes on what happens to resources, and keeps what it will be judged by. */
export function engineEar(listener: EngineListener) {
  const diagnostics: Diagnostic[] = [];
  const texts: string[] = [];
  const counted = resourceCounter();
  return {
    line(line: string) {
      const event = readLine(line);
      if (event === undefined) return;
      if (event.type === "diagnostic") diagnostics.push(event.diagnostic);
      if (event.type === "text") texts.push(event.text);
      if (event.type === "lock") listener.onNotice("waits for the state's lock");
      const progress = counted(event);
      if (progress !== undefined) listener.onResource(progress);
    },
    said: () => ({ diagnostics, texts }),
  };
}

/** Keeps the note while an engine runs; its writes come one after the other. */
function noting(note: RunningNote, { action, log }: { readonly action: string; readonly log: string }) {
  let identity: ProcessIdentity | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = (interrupted: boolean) => {
    if (identity === undefined) return;
    const engine = { ...identity, action, log, interrupted };
    writing = writing.then(() => note.write(engine));
    writing.catch(() => {});
  };
  return {
    started(started: ProcessIdentity) {
      identity = started;
      write(false);
    },
    interrupted: () => write(true),
    async ended() {
      await writing;
      await note.remove();
    },
  };
}

/** `20261125-034406-123`: sorts by time, and is a name on every system. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:Z]/g, "").replace("T", "-").replace(".", "-");
}

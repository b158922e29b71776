import { join } from "node:path";

import { readText } from "../../kernel/files.ts";
import { attachToRunning } from "./attach.ts";
import { cutOffNote, isLeftBy } from "./cut-off.ts";
import { type Diagnostic, errorsOf, isLock, lockHolder } from "./diagnostics.ts";
import { engineEnv } from "./engine-env.ts";
import type { EngineOptions } from "./engine-options.ts";
import { type EngineAction, type EngineRun, runEngine } from "./engine-run.ts";
import { engineFailure, refusalFailure } from "./failures.ts";
import { retried } from "./retries.ts";
import { runningNote } from "./running.ts";

/** The ways in which an engine is called in the folder of its root module. */
export interface EngineCalls {
  readonly cwd: string;
  /** Waits for an engine that an earlier command left at work. */
  attach(signal: AbortSignal): Promise<void>;
  /** Whether an engine was cut off here, whose lock may still be there. */
  isCutOff(): Promise<boolean>;
  /** Once, with its output in a log. */
  run(action: EngineAction, args: readonly string[], signal: AbortSignal): Promise<EngineRun>;
  /** Again where AWS lets it pass the second time. Fails when the last try does. */
  persist(call: Persistent, attempt: (number: number) => Promise<EngineRun>): Promise<EngineRun>;
  /** What only looks at the state: its output. Fails when it is refused, unless `absent` says that there is nothing. */
  ask(args: readonly string[], signal: AbortSignal, absent?: RegExp): Promise<string>;
}

export interface Persistent {
  readonly signal: AbortSignal;
  readonly between?: (() => Promise<void>) | undefined;
}

const waits = (arg: string) => arg.startsWith("-lock-timeout=");

/** Of what answers from the state alone. */
const askTimeoutMs = 10 * 60_000;

export function engineCalls(options: EngineOptions): EngineCalls {
  const { commands, program, clock, listener } = options;
  const cwd = join(options.folder, options.root);
  const env = engineEnv(options.env);
  const note = runningNote(join(options.folder, "engine.json"));
  const cutOff = cutOffNote(join(options.folder, "cut-off"));
  const once: EngineCalls["run"] = (action, args, signal) =>
    runEngine({ ...options, env, cwd, note, cutOff }, { action, args: ["-input=false", "-json", ...args], signal });
  const breakLock = async (lock: Diagnostic, log: string, signal: AbortSignal) => {
    const holder = lockHolder(lock);
    if (holder === undefined || !isLeftBy((await readText(log)) ?? "", holder)) return;
    await calls.ask(["force-unlock", "-force", holder.id], signal);
    listener.onNotice(`breaks the lock of ${holder.created}: the engine that took it here was killed`);
  };
  /** Whether it was, so that it is worth another try. */
  const breakAnybodys = async (lock: Diagnostic | undefined, signal: AbortSignal) => {
    const holder = options.breaksLock === true && lock !== undefined ? lockHolder(lock) : undefined;
    if (holder === undefined) return false;
    await calls.ask(["force-unlock", "-force", holder.id], signal);
    listener.onNotice(`breaks the lock that ${holder.who} has held since ${holder.created}, as it was told to`);
    return true;
  };
  const calls: EngineCalls = {
    cwd,
    attach: (signal) => attachToRunning({ note, clock, listener, onEnd: ({ log }) => cutOff.write(log) }, signal),
    isCutOff: async () => (await cutOff.read()) !== undefined,
    run: async (action, args, signal) => {
      const log = args.some(waits) ? await cutOff.read() : undefined;
      if (log === undefined) {
        const run = await once(action, args, signal);
        const lock = errorsOf(run.diagnostics).find(isLock);
        return (await breakAnybodys(lock, signal)) ? once(action, args, signal) : run;
      }
      // the lock that it left is not worth waiting for
      const hasty = args.map((arg) => (waits(arg) ? "-lock-timeout=0s" : arg));
      const run = await once(action, hasty, signal);
      const lock = errorsOf(run.diagnostics).find(isLock);
      if (lock !== undefined) await breakLock(lock, log, signal);
      if (run.signal === null) await cutOff.remove();
      return lock === undefined ? run : once(action, args, signal);
    },
    async persist({ signal, between }, attempt) {
      const retry = { clock, signal, onNotice: listener.onNotice, ...(between && { between }) };
      const last = await retried(retry, attempt);
      if (!last.ok) throw engineFailure({ ...options, cwd, now: clock.now() }, last);
      return last;
    },
    async ask(args, signal, absent) {
      const call = { command: program.path, args, cwd, env, signal, timeoutMs: askTimeoutMs };
      const { code, stdout, stderr } = await commands.run(call);
      signal.throwIfAborted();
      if (code === 0) return stdout;
      if (absent?.test(stdout + stderr) === true) return "";
      throw refusalFailure(program, args, stderr || stdout);
    },
  };
  return calls;
}

import { type Clock, sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { isAlive, signalGroup } from "../../kernel/processes.ts";
import { tailFile } from "../../kernel/tail.ts";
import { humanDuration } from "../../kernel/text.ts";
import type { EngineListener } from "./engine-options.ts";
import { engineEar } from "./engine-run.ts";
import type { RunningEngine, RunningNote } from "./running.ts";

/** The longest that an engine of an earlier command is waited for: EKS takes 10 to 15 minutes each way. */
const mostMs = 60 * 60_000;
const pauseMs = 250;

export interface AttachOptions {
  readonly note: RunningNote;
  readonly clock: Clock;
  readonly listener: EngineListener;
  /** Told of one that ended with nobody there, before it is forgotten. */
  readonly onEnd?: (engine: RunningEngine) => Promise<void>;
}

/**
 * Waits for the engine that a killed command left at work, if there is one, and passes on what it does. How it ended is
 * no matter: whoever plans next sees. An abort interrupts it, once in its life; then the signal's reason is thrown.
 */
export async function attachToRunning(options: AttachOptions, signal: AbortSignal): Promise<void> {
  const { note, clock, listener, onEnd } = options;
  const engine = await note.read();
  if (engine === undefined) return;
  if (isAlive(engine)) {
    listener.onNotice(`goes on watching the ${engine.action} that an interrupted command left at work`);
    const tail = await tailFile({ path: engine.log, onLine: engineEar(listener).line });
    await endOf(engine, { note, clock, signal }).finally(() => tail.end());
  }
  await onEnd?.(engine);
  await note.remove();
  signal.throwIfAborted();
}

interface Waiting {
  readonly note: RunningNote;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function endOf(engine: RunningEngine, { note, clock, signal }: Waiting): Promise<void> {
  const deadline = clock.now() + mostMs;
  let { interrupted } = engine;
  while (isAlive(engine)) {
    if (signal.aborted && !interrupted) {
      interrupted = true;
      await note.write({ ...engine, interrupted });
      signalGroup(engine.pid, "SIGINT");
    }
    if (clock.now() >= deadline) throw tooLong(engine);
    // not ended by the signal: an engine that was interrupted is waited for
    await sleep(clock, pauseMs);
  }
}

function tooLong({ pid, action, log }: RunningEngine): Failure {
  return new Failure("TIMEOUT", `the ${action} of an earlier command is still at work after ${humanDuration(mostMs)}`, {
    where: log,
    why: `process ${pid} holds the state; two at once would undo each other's work`,
    fix: `wait for it, or stop it: kill -INT ${pid}`,
  });
}

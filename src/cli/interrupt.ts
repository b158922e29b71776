import { exitCodeOf, Failure } from "../kernel/failure.ts";
import type { Context, StopSignal } from "./context.ts";

export interface Interrupts {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP: stop in good order. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: stop at once. The third one ends this process. */
  readonly abort: AbortSignal;
  /**
   * Puts a question, whose signal is aborted when a signal comes in the meantime: to a stopped command that is an
   * answer (undefined), not impatience; others it stops, and the stop is thrown.
   */
  ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
}

/** Listens for signals while `work` runs; the reasons of the aborts are Failures with the right exit codes. */
export async function withInterrupts<T>(context: Context, work: (interrupts: Interrupts) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = new AbortController();
  let question: AbortController | undefined;
  const release = context.onSignal((signal) => {
    question?.abort();
    if (!stop.signal.aborted) stop.abort(stopped(signal));
    // a closed terminal is told twice, by the kernel and by the shell: that is not impatience either
    else if (question !== undefined || signal === "SIGHUP") return;
    else if (!abort.signal.aborted) abort.abort(cutOff(signal));
    else context.exit(exitCodeOf(stopped(signal)));
  });
  const ask: Interrupts["ask"] = async (put) => {
    const before = stop.signal.aborted;
    question = new AbortController();
    const answer = await put(question.signal).finally(() => {
      question = undefined;
    });
    if (!before) stop.signal.throwIfAborted();
    return answer;
  };
  try {
    return await work({ stop: stop.signal, abort: abort.signal, ask });
  } finally {
    release();
  }
}

/** What a signal stops work with. A closed terminal ends a command as SIGTERM does, with the same exit code. */
export function stopped(signal: StopSignal): Failure {
  return new Failure(codeOf(signal), `stopped by ${signal}`);
}

function cutOff(signal: StopSignal): Failure {
  return new Failure(codeOf(signal), `stopped by ${signal}`, {
    why: "the second signal cuts off the orderly stop",
    fix: "aura down",
  });
}

function codeOf(signal: StopSignal) {
  return signal === "SIGINT" ? "INTERRUPTED" : "TERMINATED";
}

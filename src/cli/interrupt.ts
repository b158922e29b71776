import { Failure } from "../kernel/failure.ts";
import type { Context } from "./context.ts";

export interface Interrupts {
  /** Aborted by the first Ctrl-C or SIGTERM: stop in good order. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: stop at once. */
  readonly abort: AbortSignal;
  release(): void;
}

/** Listens for signals; the reasons of the aborts are Failures with the right exit codes. */
export function listenForInterrupts(context: Context): Interrupts {
  const stop = new AbortController();
  const abort = new AbortController();
  const release = context.onSignal((signal) => {
    const code = signal === "SIGINT" ? "INTERRUPTED" : "TERMINATED";
    const controller = stop.signal.aborted ? abort : stop;
    controller.abort(
      new Failure(code, `stopped by ${signal}`, {
        ...(controller === abort && { why: "the second signal cuts off the orderly stop", fix: "aura down" }),
      }),
    );
  });
  return { stop: stop.signal, abort: abort.signal, release };
}

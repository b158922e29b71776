import type { Clock } from "../../kernel/clock.ts";
import { type Exit, exitOf, type Runtime } from "./runtime.ts";

/** A container that does nothing for `durationMs` of the cluster's time, then ends with `exitCode`. */
export function timerRuntime(clock: Clock, durationMs: number, exitCode: number): Runtime {
  return async () => {
    let end: (exit: Exit) => void = () => {};
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const cancel = clock.schedule(durationMs, () => end(exitOf(exitCode)));
    const endBy = (signal: number) => {
      cancel();
      end(exitOf(128 + signal));
    };
    return { exited, terminate: () => endBy(15), kill: () => endBy(9) };
  };
}

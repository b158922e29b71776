import type { Clock } from "../../kernel/clock.ts";
import { type Exit, exitOf, type Runtime, StartFailure } from "./runtime.ts";

/** A container that does nothing for `durationMs` of the cluster's time, then ends with `exitCode`. */
export function timerRuntime(clock: Clock, durationMs: number, exitCode: number): Runtime {
  return {
    survives: true,
    mount() {},
    async start({ container, sinceMs = clock.now() }) {
      let end: (exit: Exit) => void = () => {};
      const exited = new Promise<Exit>((resolve) => {
        end = resolve;
      });
      const cancel = clock.schedule(sinceMs + durationMs - clock.now(), () => end(exitOf(exitCode)));
      const endBy = (signal: number) => {
        cancel();
        end(exitOf(128 + signal));
      };
      const exec = async () => {
        throw new StartFailure(`container ${container.name} is simulated: nothing runs in it`);
      };
      return { exited, terminate: () => endBy(15), kill: () => endBy(9), exec };
    },
  };
}

import type { Context } from "../context.ts";

/** Says on stderr which part of a long work is done now. */
export interface Counter {
  step(what: string): void;
  /** Leaves the terminal clean. */
  end(): void;
}

/** Where nobody watches, only what takes longer than this is told. */
const patienceMs = 5000;

/** One line on a terminal, overwritten; elsewhere a line for each step once it takes long. */
export function counter({ process: { stderr }, clock }: Context, steps: number): Counter {
  const began = clock.now();
  let done = 0;
  const clear = () => {
    if (stderr.isTTY === true) stderr.write("\r\x1b[K");
  };
  return {
    step(what) {
      done += 1;
      const line = `simulating ${done} of ${steps}: ${what}`;
      if (stderr.isTTY === true) stderr.write(`\r\x1b[K${line.slice(0, (stderr.columns || 80) - 1)}`);
      else if (clock.now() - began > patienceMs) stderr.write(`${line}\n`);
    },
    end: clear,
  };
}

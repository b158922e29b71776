/** Runs work as soon as one of a number of slots is free; what is aborted while it waits is not run. */
export type Slots = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function slots(number: number): Slots {
  let free = number;
  const waiting = new Set<() => void>();

  const taken = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const abort = () => {
        waiting.delete(go);
        reject(signal?.reason);
      };
      const go = () => {
        waiting.delete(go);
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      waiting.add(go);
      signal?.addEventListener("abort", abort, { once: true });
    });
  const giveBack = () => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };

  return async (work, signal) => {
    signal?.throwIfAborted();
    if (free > 0) free -= 1;
    else await taken(signal);
    try {
      return await work();
    } finally {
      giveBack();
    }
  };
}

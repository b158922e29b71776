import type { Clock } from "../../kernel/clock.ts";

/** In milliseconds: for work that heeds its signal to come back with what it has. */
const graceMs = 1000;

/**
 * Has `work` done within `limitMs` of this machine's time. Then its signal aborts, and work that does not heed that is
 * waited for no longer than a second: this rejects. Before, it resolves and rejects as the work does.
 */
export function bounded<T>(clock: Clock, limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = new Error(`no answer within ${limitMs / 1000} s`);
  const options = { background: true };
  const cancel = clock.schedule(limitMs, () => controller.abort(late), options);
  let giveUp = () => {};
  const over = new Promise<never>((_, reject) => {
    giveUp = clock.schedule(limitMs + graceMs, () => reject(late), options);
  });
  return Promise.race([work(controller.signal), over]).finally(() => {
    cancel();
    giveUp();
  });
}

import { type Clock, sleep } from "./clock.ts";
import { Failure } from "./failure.ts";
import { humanDuration } from "./text.ts";

export interface WaitOptions {
  /** What is awaited, as it ends the sentence `gave up waiting for …`. */
  readonly what: string;
  /** In the cluster's time. */
  readonly timeoutMs: number;
  readonly time: () => Promise<number>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Says what it still waits for; called once more when the wait fails. */
  readonly explain?: () => readonly string[];
  /**
   * Pause between looks, in milliseconds of this machine's time. Default: a tenth of the time that it has waited, from 100
   * to 1000: what comes soon is seen soon, and who takes minutes is not asked ten times a second.
   */
  readonly pauseMs?: number;
}

/**
 * Looks until `look` returns something, and returns it. Bounded: fails with TIMEOUT, saying what was missing, after
 * `timeoutMs` of the cluster's time.
 */
export async function waitUntil<T>(
  options: WaitOptions,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const { time, clock, signal, timeoutMs } = options;
  const deadline = (await time()) + timeoutMs;
  const since = clock.now();
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if ((await time()) >= deadline) throw timeoutFailure(options);
    const growing = Math.min(Math.max((clock.now() - since) / 10, 100), 1000);
    await sleep(clock, options.pauseMs ?? growing, { signal });
  }
}

function timeoutFailure({ what, timeoutMs, explain }: WaitOptions): Failure {
  const missing = explain?.() ?? [];
  return new Failure("TIMEOUT", `gave up waiting for ${what} after ${humanDuration(timeoutMs)}`, {
    ...(missing.length > 0 && { problems: missing }),
  });
}

/** Whether a wait ran out of time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Failure && error.code === "TIMEOUT";
}

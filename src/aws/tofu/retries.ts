import { type Clock, sleep } from "../../kernel/clock.ts";
import { humanDuration } from "../../kernel/text.ts";
import { errorsOf, lineOf, textOf } from "./diagnostics.ts";
import type { EngineRun } from "./engine-run.ts";

/** What passes by itself: too many requests, answers that are late, and what AWS does not know of itself yet. */
const passing =
  /RequestLimitExceeded|Throttl|Rate exceeded|TooManyRequests|SlowDown|ServiceUnavailable|InternalError|InternalFailure|InternalServerE|ServerException|RequestTimeout|StatusCode: 50\d|i\/o timeout|TLS handshake timeout|Client\.Timeout|context deadline exceeded|connection reset|unexpected EOF|couldn't find resource|ConcurrentModification|OperationAborted|Invalid\w+\.NotFound|cannot be assumed|role .* cannot be found/i;

/** What stands in the way of a deletion until it has gone, or was swept away. What is late in coming up is broken. */
const inTheWay =
  /DependencyViolation|timeout while waiting|DeleteConflict|ResourceInUse|\.InUse\b|in use|mapped public address|has dependencies|cannot be deleted/i;

/** Whether all of a run's errors are of the kind that another try may not meet again. */
export function isPassing(run: EngineRun): boolean {
  const errors = errorsOf(run.diagnostics).map(textOf);
  const passes = (text: string) => passing.test(text) || (run.action === "destroy" && inTheWay.test(text));
  return errors.length > 0 && errors.every(passes);
}

/** Before each further try. */
const pausesMs = [10_000, 30_000, 90_000];

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onNotice: (message: string) => void;
  /** Done before each further try: sweeps away what is in the way. */
  readonly between?: () => Promise<void>;
}

/** Tries until a run succeeds, fails for good, or has had three further tries; returns the last one. */
export async function retried(options: RetryOptions, attempt: (number: number) => Promise<EngineRun>) {
  for (let number = 0; ; number += 1) {
    const run = await attempt(number);
    const pauseMs = pausesMs[number];
    if (run.ok || pauseMs === undefined || !isPassing(run)) return run;
    const [first] = errorsOf(run.diagnostics);
    const reason = first === undefined ? "" : ` (${lineOf(first)})`;
    options.onNotice(`${run.action} is tried again in ${humanDuration(pauseMs)}${reason}`);
    await sleep(options.clock, pauseMs, { signal: options.signal });
    await options.between?.();
  }
}

import type { Clock } from "../../kernel/clock.ts";
import { Failure, messageOf } from "../../kernel/failure.ts";
import { unexpectedAwsFailure } from "../errors.ts";
import type { Fact, FactCache, FactKind, Facts } from "./fact-cache.ts";

/** How long an answer is as good as new, in milliseconds: a price list changes by the month, the spot market by the hour. */
export const freshMs: Readonly<Record<FactKind, number>> = {
  "on-demand": 7 * 24 * 3_600_000,
  spot: 15 * 60_000,
  offerings: 24 * 3_600_000,
};

export interface AskOptions {
  readonly kind: FactKind;
  /** The action that AWS may refuse, such as `pricing:GetProducts`. */
  readonly action: string;
  /** The keys of what is wanted. */
  readonly keys: readonly string[];
  readonly cache: FactCache;
  readonly clock: Clock;
  /** Asks for all of them; a key that is not in the answer is something that AWS does not have. */
  readonly ask: (signal: AbortSignal) => Promise<ReadonlyMap<string, number>>;
  readonly signal?: AbortSignal | undefined;
  /** The longest wait for AWS, in milliseconds. */
  readonly timeoutMs: number;
}

export interface AskedFacts {
  readonly facts: Facts;
  /** Why AWS was not asked anew, where it should have been. */
  readonly problem?: string;
}

/**
 * What is kept, while it is fresh; else what AWS answers; else what is kept, however old. Rejects when `signal` aborts,
 * for nothing that AWS does.
 */
export async function askedFacts(options: AskOptions): Promise<AskedFacts> {
  const { kind, keys, cache, clock, signal } = options;
  const kept = await cache.read();
  // one from the future is of a clock that was wrong
  const isFresh = (key: string) => {
    const ageMs = clock.now() - (kept[key]?.at ?? Number.NEGATIVE_INFINITY);
    return ageMs >= 0 && ageMs < freshMs[kind];
  };
  if (keys.every(isFresh)) return { facts: kept };
  const limit = new AbortController();
  const cancel = clock.schedule(options.timeoutMs, () => limit.abort(), { background: true });
  try {
    const answers = await options.ask(AbortSignal.any([limit.signal, ...(signal ? [signal] : [])]));
    const facts = Object.fromEntries(
      keys.map((key): [string, Fact] => [key, { at: clock.now(), value: answers.get(key) ?? null }]),
    );
    // a disk that is full costs a call the next time, nothing else
    await cache.add(facts).catch(() => undefined);
    return { facts: { ...kept, ...facts } };
  } catch (error) {
    signal?.throwIfAborted();
    return { facts: kept, problem: limit.signal.aborted ? late(options) : problemOf(error, options) };
  } finally {
    cancel();
  }
}

function late({ action, timeoutMs }: AskOptions): string {
  return `AWS did not answer ${action} within ${timeoutMs / 1000} s`;
}

/** Without the names of users and accounts that messages of AWS have: this gets into reports. */
function problemOf(error: unknown, { action }: AskOptions): string {
  const { code } = error instanceof Failure ? error : (unexpectedAwsFailure(error) ?? { code: undefined });
  if (code === undefined) throw error;
  if (code === "AWS_DENIED") return `the credentials do not allow ${action}`;
  if (code === "AWS_CREDENTIALS") return "there are no credentials that AWS accepts";
  if (code === "AWS_UNREACHABLE") return "AWS does not answer";
  return `AWS refused ${action} (${error instanceof Error ? error.name : messageOf(error)})`;
}

import type { Clock } from "../../kernel/clock.ts";

export interface Span {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** As the job controller's. */
export const jobBackOff: Span = { firstMs: 10_000, longestMs: 360_000 };

/** How long to wait after so many failures in a row: twice as long with each. */
export function delayMs({ firstMs, longestMs }: Span, failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1));
}

/** For each key a delay that grows. */
export interface Delays {
  /** Begins the next delay, by one or more failures longer. */
  grow(key: string, failures?: number): void;
  /** Milliseconds until it is over; 0 when there is none. */
  leftMs(key: string): number;
  forget(key: string): void;
}

export function growingDelays(clock: Clock, span: Span): Delays {
  const records = new Map<string, { readonly failures: number; readonly sinceMs: number }>();
  return {
    grow(key, failures = 1) {
      records.set(key, { failures: (records.get(key)?.failures ?? 0) + failures, sinceMs: clock.now() });
    },
    leftMs(key) {
      const record = records.get(key);
      return record === undefined ? 0 : Math.max(0, record.sinceMs + delayMs(span, record.failures) - clock.now());
    },
    forget: (key) => records.delete(key),
  };
}

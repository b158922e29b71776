import type { Clock } from "../../kernel/clock.ts";

/** For each pod, how long nothing more is said of why it waits. */
export interface Quiet {
  /** 0 when something may be said now. */
  leftMs(uid: string): number;
  /** Something was said: the next thing waits twice as long as this one did. */
  begin(uid: string): void;
  forget(uid: string): void;
}

/** kube-scheduler's back-off between two attempts at a pod: podInitialBackoffSeconds and podMaxBackoffSeconds. */
const firstMs = 1000;
const longestMs = 10_000;

export function quietPeriods(clock: Clock): Quiet {
  const periods = new Map<string, { readonly untilMs: number; readonly lengthMs: number }>();
  return {
    leftMs: (uid) => Math.max(0, (periods.get(uid)?.untilMs ?? 0) - clock.now()),
    begin(uid) {
      const lengthMs = Math.min(longestMs, (periods.get(uid)?.lengthMs ?? firstMs / 2) * 2);
      periods.set(uid, { untilMs: clock.now() + lengthMs, lengthMs });
    },
    forget: (uid) => periods.delete(uid),
  };
}

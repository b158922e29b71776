import type { Clock } from "../../kernel/clock.ts";

/** Consecutive failures of each Job, and how long they delay its next pod. */
export interface BackOffs {
  note(uid: string, failures: number, successes: number): void;
  /** Milliseconds until another pod may be made; 0 when it may be now. */
  leftMs(uid: string): number;
  forget(uid: string): void;
}

/** As the job controller's: 10 s, doubling with each failure in a row, 6 minutes at most. */
const firstMs = 10_000;
const longestMs = 360_000;

/** How long the next pod waits after this many failures in a row. */
export function backOffMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1));
}

export function backOffs(clock: Clock): BackOffs {
  const records = new Map<string, { readonly failures: number; readonly lastMs: number }>();
  return {
    note(uid, failures, successes) {
      if (successes > 0) records.delete(uid);
      if (failures === 0) return;
      const before = records.get(uid)?.failures ?? 0;
      records.set(uid, { failures: before + failures, lastMs: clock.now() });
    },
    leftMs(uid) {
      const record = records.get(uid);
      if (record === undefined) return 0;
      return Math.max(0, record.lastMs + backOffMs(record.failures) - clock.now());
    },
    forget: (uid) => records.delete(uid),
  };
}

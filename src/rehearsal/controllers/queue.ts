import type { Clock } from "../../kernel/clock.ts";

/** When to look at a key again, if nothing happens before. */
export interface Requeue {
  readonly afterMs: number;
  /** Nobody waits for it: see `Clock.schedule`. */
  readonly background?: boolean;
}

export interface WorkQueue {
  /** Has the key reconciled soon; a key that waits already is not added again. */
  add(key: string): void;
  stop(): void;
}

export interface QueueOptions {
  readonly clock: Clock;
  /** Level-triggered: brings the world nearer to what is wanted, whatever happened before. */
  readonly reconcile: (key: string) => Requeue | undefined;
  /** Told of what a reconcile threw; the key is tried again after a back-off. */
  readonly onError: (key: string, error: unknown) => void;
}

const firstBackOffMs = 1000;
const longestBackOffMs = 60_000;

/**
 * A controller's work: keys in order, each once, one reconcile at a time, never within the write that caused it.
 * What a reconcile returns replaces the key's earlier requeue.
 */
export function workQueue({ clock, reconcile, onError }: QueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const timers = new Map<string, () => void>();
  const failures = new Map<string, number>();
  let cancelDrain: (() => void) | undefined;

  const add = (key: string) => {
    waiting.add(key);
    cancelDrain ??= clock.schedule(0, drain, { background: true });
  };
  const later = (key: string, { afterMs, background = false }: Requeue) => {
    const cancel = clock.schedule(afterMs, () => timers.delete(key) && add(key), { background });
    timers.set(key, cancel);
  };
  const process = (key: string) => {
    timers.get(key)?.();
    timers.delete(key);
    try {
      const requeue = reconcile(key);
      failures.delete(key);
      if (requeue !== undefined) later(key, requeue);
    } catch (error) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      later(key, { afterMs: Math.min(longestBackOffMs, firstBackOffMs * 2 ** count), background: true });
      onError(key, error);
    }
  };
  const drain = () => {
    cancelDrain = undefined;
    // What is added on the way waits for the next turn, so that other timers get theirs
    const keys = [...waiting];
    waiting.clear();
    for (const key of keys) process(key);
  };

  return {
    add,
    stop() {
      cancelDrain?.();
      for (const cancel of timers.values()) cancel();
      waiting.clear();
      timers.clear();
    },
  };
}

/** The requeue that comes first. */
export function sooner(a: Requeue | undefined, b: Requeue | undefined): Requeue | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.afterMs <= b.afterMs ? a : b;
}

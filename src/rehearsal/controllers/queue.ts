import type { Clock } from "../../kernel/clock.ts";
import { growingDelays } from "./delays.ts";

/** When to look at a key again, if nothing happens before. */
export interface Requeue {
  /** Infinite: never. */
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

/**
 * A controller's work: keys in order, each once, one reconcile at a time, never within the write that caused it.
 * What a reconcile returns replaces the key's earlier requeue.
 */
export function workQueue({ clock, reconcile, onError }: QueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const timers = new Map<string, () => void>();
  const failures = growingDelays(clock, { firstMs: 1000, longestMs: 60_000 });
  let cancelDrain: (() => void) | undefined;

  const add = (key: string) => {
    waiting.add(key);
    cancelDrain ??= clock.schedule(0, drain, { background: true });
  };
  const later = (key: string, { afterMs, background = false }: Requeue) => {
    if (!Number.isFinite(afterMs)) return;
    timers.set(
      key,
      clock.schedule(afterMs, () => timers.delete(key) && add(key), { background }),
    );
  };
  const process = (key: string) => {
    timers.get(key)?.();
    timers.delete(key);
    try {
      const requeue = reconcile(key);
      failures.forget(key);
      if (requeue !== undefined) later(key, requeue);
    } catch (error) {
      failures.grow(key);
      later(key, { afterMs: failures.leftMs(key), background: true });
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

import type { Clock } from "../../kernel/clock.ts";

export interface Batcher {
  /** Opens the window, or keeps it open a little longer. In the `background` nobody waits for it. */
  trigger(options?: { readonly background?: boolean }): void;
  stop(): void;
}

/** Karpenter's settings batchIdleDuration and batchMaxDuration. */
const idleMs = 1000;
const longestMs = 10_000;

/** Collects triggers: calls back a second after the last one, ten seconds after the first at the latest. */
export function batcher(clock: Clock, flush: () => void): Batcher {
  let openedMs: number | undefined;
  let cancel: (() => void) | undefined;
  let isAwaited = false;
  const close = () => {
    openedMs = undefined;
    cancel = undefined;
    isAwaited = false;
    flush();
  };
  return {
    trigger({ background = false } = {}) {
      // A retry that nobody waits for does not keep a window open
      if (background && openedMs !== undefined) return;
      openedMs ??= clock.now();
      isAwaited ||= !background;
      cancel?.();
      const leftMs = openedMs + longestMs - clock.now();
      cancel = clock.schedule(Math.max(0, Math.min(idleMs, leftMs)), close, { background: !isAwaited });
    },
    stop: () => cancel?.(),
  };
}

/** Time as everything in Aura sees it. Injected, never ambient. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls back after `delayMs`; returns a cancel function.
   * A `background` timer (a poll, a far-off deadline) is one nobody is waiting for: it does not make a
   * warped clock run faster.
   */
  schedule(delayMs: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
}

/** Resolves after `delayMs`, or rejects with the signal's reason when it aborts first. */
export function sleep(
  clock: Clock,
  delayMs: number,
  options: { readonly signal?: AbortSignal | undefined; readonly background?: boolean } = {},
): Promise<void> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(
      delayMs,
      () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      },
      { background: options.background ?? false },
    );
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -5)}Z`;
}

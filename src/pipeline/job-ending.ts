import type { Clock } from "../kernel/clock.ts";

/** What may end a job before its steps are through. */
export interface JobEnding {
  /** The job is cancelled: the step of now is ended gently, those that follow run only if they say so. */
  readonly stop: AbortSignal;
  /** All of it ends at once. */
  readonly kill: AbortSignal;
  /** Why, once it is stopped. */
  reason(): string | undefined;
  close(): void;
}

export interface JobEndingOptions {
  readonly clock: Clock;
  readonly timeoutMinutes: number;
  /** The whole run is cancelled. */
  readonly cancel: AbortSignal;
  readonly kill: AbortSignal;
  /** Whether a cancel of the run is one of this job: not if its condition holds all the same. */
  readonly isCancelled: () => boolean;
}

/** So long a cancelled job may go on with steps that run always. Source: GitHub Docs, "Workflow cancellation reference". */
const graceMs = 5 * 60_000;

export function jobEnding({ clock, timeoutMinutes, cancel, kill, isCancelled }: JobEndingOptions): JobEnding {
  const stop = new AbortController();
  const force = new AbortController();
  let reason: string | undefined;
  const timers: (() => void)[] = [];
  const end = (why: string) => {
    if (stop.signal.aborted) return;
    reason = why;
    stop.abort();
    timers.push(clock.schedule(graceMs, () => force.abort(), { background: true }));
  };
  const cancelled = () => isCancelled() && end("cancelled");
  const killed = () => {
    end("ended at once");
    force.abort();
  };
  timers.push(
    clock.schedule(timeoutMinutes * 60_000, () => end(`it took longer than ${timeoutMinutes} minutes`), {
      background: true,
    }),
  );
  cancel.addEventListener("abort", cancelled, { once: true });
  kill.addEventListener("abort", killed, { once: true });
  if (cancel.aborted) cancelled();
  if (kill.aborted) killed();
  return {
    stop: stop.signal,
    kill: force.signal,
    reason: () => reason,
    close() {
      for (const cancelTimer of timers) cancelTimer();
      cancel.removeEventListener("abort", cancelled);
      kill.removeEventListener("abort", killed);
    },
  };
}

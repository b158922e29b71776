import type { Clock } from "./clock.ts";
import { type Timer, timerQueue } from "./timers.ts";

/** The machine's own time. */
export function systemClock(): Clock {
  return {
    // the one place where ambient time enters
    now: () => Date.now(),
    schedule(delayMs, callback) {
      // setTimeout counts in 32 bits: a delay beyond 24 days would fire at once
      const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
  };
}

/** A clock that moves only when told to: the one tests use. */
export interface ManualClock extends Clock {
  /** Runs every timer due within the next `ms` in order, letting promises settle between them. */
  advance(ms: number): Promise<void>;
  /** Timers waiting that are not background. */
  pending(): number;
}

export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  const timers = timerQueue();
  let now = startMs;
  return {
    now: () => now,
    schedule(delayMs, callback, options) {
      const timer = timers.add(now + Math.max(0, delayMs), callback, options?.background ?? false);
      return () => timers.cancel(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let next = timers.peek(); next !== undefined && next.at <= end; next = timers.peek()) {
        now = Math.max(now, next.at);
        timers.take(now)?.callback();
        await settle();
      }
      now = end;
    },
    pending: () => timers.foreground(),
  };
}

/** Lets promise chains run to their next wait. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A clock whose pace changes: fast while only simulated delays are awaited, real time while real work runs. */
export interface WarpClock extends Clock {
  /** Real work began (a process, a request): time runs at its real pace until every hold is released. */
  hold(): () => void;
  /** How many times faster than real time the clock runs now. */
  pace(): number;
  /** Fires no timer any more, and keeps no process alive. */
  stop(): void;
}

/** How exact this machine's timers are: what is due within it fires together. */
const exactMs = 1;

/**
 * `speed` is the pace (1 or more) while at least one foreground timer waits and nothing holds the clock.
 * Otherwise the pace is 1: a cluster at rest keeps to real time, and a real process is never sped up.
 * Where this machine cannot keep up, fast time waits for the timers that are due. A stall of a tenth of a second would
 * else be a minute of the cluster in which nobody did anything. It begins at `startMs`, default now.
 */
export function warpClock(base: Clock, speed: number, startMs = base.now()): WarpClock {
  const timers = timerQueue();
  let holds = 0;
  let warped = startMs;
  let since = base.now();
  let pace = 1;
  let disarm: (() => void) | undefined;
  /** What `disarm` is for. */
  let armed: Timer | undefined;
  let stopped = false;

  const now = () => {
    const free = warped + (base.now() - since) * pace;
    const next = pace > 1 ? timers.peek() : undefined;
    return next === undefined ? free : Math.max(warped, Math.min(free, next.at + exactMs * pace));
  };
  const settle = () => {
    warped = now();
    since = base.now();
  };

  const adjust = () => {
    const wanted = holds === 0 && timers.foreground() > 0 ? speed : 1;
    const next = stopped ? undefined : timers.peek();
    if (wanted === pace && next === armed) return;
    settle();
    pace = wanted;
    disarm?.();
    armed = next;
    disarm = next && base.schedule(Math.max(0, (next.at - warped) / pace), fire);
  };
  const fire = () => {
    armed = undefined;
    settle();
    const due = warped + 0.5;
    for (let timer = timers.take(due); timer !== undefined; timer = timers.take(due)) timer.callback();
    adjust();
  };

  return {
    now,
    pace: () => pace,
    stop() {
      stopped = true;
      adjust();
    },
    schedule(delayMs, callback, options) {
      const timer = timers.add(now() + Math.max(0, delayMs), callback, options?.background ?? false);
      adjust();
      return () => {
        timers.cancel(timer);
        adjust();
      };
    },
    hold() {
      holds += 1;
      adjust();
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        adjust();
      };
    },
  };
}

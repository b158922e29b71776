import type { Clock } from "../../kernel/clock.ts";
import type { RunningContainer } from "./runtime.ts";

/** Why a pod does not run to its end, and how long it may take to stop. */
export interface Interruption {
  /**
   * `deleted` its object is being deleted · `deadline` it ran too long · `finished` someone else ended it ·
   * `evicted` its node's disk is full · `failed` the kubelet could not go on with it ·
   * `node-lost` its node is gone · `gone` its object is gone · `stopped` the kubelet stops
   */
  readonly kind: "deleted" | "deadline" | "finished" | "evicted" | "failed" | "node-lost" | "gone" | "stopped";
  readonly graceMs: number;
}

/** These count even after another reason: there is nothing left to write to, or no node to be on. */
const overriding: readonly Interruption["kind"][] = ["gone", "stopped", "node-lost"];

/** What a sidecar gets to stop in at least, however little of the pod's grace its neighbours have left. */
const leastGraceMs = 2000;

/**
 * Stops the containers of one pod: asks once, and kills when the shortest grace that was given is over. Sidecars are left
 * to whoever stops them when the others have ended, unless there is no grace at all.
 */
export function stopper(
  clock: Clock,
  { isSidecar = () => false }: { readonly isSidecar?: (name: string) => boolean } = {},
) {
  const abort = new AbortController();
  const running = new Map<string, RunningContainer>();
  const timers: (() => void)[] = [];
  let cause: Interruption["kind"] | undefined;
  let killAt = Number.POSITIVE_INFINITY;
  let concluded = false;

  const killAll = () => {
    for (const container of running.values()) container.kill();
  };
  const own = () => [...running].filter(([name]) => !isSidecar(name)).map(([, container]) => container);
  const kill = () => {
    for (const container of own()) container.kill();
  };
  const terminate = () => {
    for (const container of own()) container.terminate();
  };
  return {
    /** Aborts at the first interruption. */
    signal: abort.signal,
    /** By container. */
    running,
    cause: () => cause,
    interrupt({ kind, graceMs }: Interruption): void {
      if (concluded && kind !== "gone" && kind !== "stopped") return;
      const first = cause === undefined;
      if (first || overriding.includes(kind)) cause = kind;
      const at = clock.now() + graceMs;
      if (at >= killAt) return;
      killAt = at;
      abort.abort(new Error(kind));
      if (graceMs <= 0) killAll();
      else if (first) terminate();
      // real processes hold the clock, so that their grace is real time
      if (graceMs > 0) timers.push(clock.schedule(graceMs, kill, { background: true }));
    },
    /** What is left of the grace when only sidecars run; all of `graceMs` where nothing interrupted the pod. */
    graceLeftMs: (graceMs: number) =>
      cause === undefined ? graceMs : Math.min(graceMs, Math.max(leastGraceMs, killAt - clock.now())),
    /** Nothing runs any more: forgets the timers, and only hears of the object or the kubelet going. */
    conclude() {
      concluded = true;
      for (const cancel of timers) cancel();
    },
  };
}

import * as v from "valibot";

import { humanUsd } from "../../kernel/text.ts";
import type { Hold, Warm } from "../decision.ts";
import { checkedState } from "../learned-state.ts";
import type { LearnedState, Policy, ReleasePolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { type HoldTrial, holdTrial, savedTrial } from "./hold-trial.ts";
import { type Probation, probation, savedProbation } from "./probation.ts";

/**
 * `off`: nothing of it; `shadow`: it learns, and is compared to the plain expert that acts; `advise`: the same, and what it
 * would do is told; `act`: it acts once it has been as good as the plain expert for `trialDays`, and while it stays so.
 */
export const guardModes = ["off", "shadow", "advise", "act"] as const;
export type GuardMode = (typeof guardModes)[number];

export interface GuardOptions {
  readonly mode: GuardMode;
  /** Default 7; 0: acts from the start. */
  readonly trialDays?: number | undefined;
  /** No hold is longer. Default: none. */
  readonly maxIdleSeconds?: number | undefined;
  /** Nodes of a pool that may be idle at once; older ones go. Default: any number. */
  readonly maxWarmNodes?: number | undefined;
  /** Of a pool's idle nodes together. Default: no limit. */
  readonly maxIdleUsdPerHour?: number | undefined;
}

/** A policy within its bounds: the same ports, and what it would do if it were let. */
export interface GuardedPolicy extends Policy {
  readonly mode: GuardMode;
  /** Whether what was learned decides now. */
  readonly acting: () => boolean;
  /** In a sentence, with figures. */
  readonly status: () => string;
  /** What was learned, whether it acts or not. */
  readonly learned: Policy;
}

/**
 * Bounds a policy: the `plain` expert acts instead of it while it has not shown to be as good, or has become worse, and
 * its caps hold for both. Nothing is warmed, placed or put off before it has acted once.
 */
export function guarded(learned: Policy, plain: ReleasePolicy, options: GuardOptions): GuardedPolicy {
  const { mode, trialDays = 7 } = options;
  const watch = probation(trialDays);
  const acting = () => mode === "act" && watch.acting;
  // where nodes are launched, and which are warmed within the daily budget, is not what holds are judged by
  const admitted = () => mode === "act" && watch.admitted;
  const { warm, place, wait } = learned;
  return {
    name: learned.name,
    mode,
    acting,
    learned,
    status: () => (mode === "off" ? "everything is off: nodes are the autoscaler's alone" : watch.text()),
    release: guardedRelease(learned.release, plain, { options, watch, acting }),
    ...(warm !== undefined && {
      warm: {
        ...warm,
        warm: (pool: PoolView) => (admitted() ? capped(warm.warm(pool), pool, options) : undefined),
      },
    }),
    ...(place !== undefined && {
      place: { name: place.name, place: (request) => (admitted() ? place.place(request) : undefined) },
    }),
    ...(wait !== undefined && {
      wait: { ...wait, wait: (pool, request) => (admitted() ? wait.wait(pool, request) : undefined) },
    }),
  };
}

interface Guarding {
  readonly options: GuardOptions;
  readonly watch: Probation;
  readonly acting: () => boolean;
}

function guardedRelease(
  learned: ReleasePolicy,
  plain: ReleasePolicy,
  { options, watch, acting }: Guarding,
): ReleasePolicy {
  const trial = holdTrial((usd, pool) => watch.settled(usd, pool));
  const hold = (pool: PoolView, index: number): Hold => {
    if (options.mode === "off") return plain.hold(pool, index);
    const both = { learned: learned.hold(pool, index), plain: plain.hold(pool, index) };
    trial.held(pool, index, { learned: both.learned.untilSeconds, plain: both.plain.untilSeconds });
    return acting() && !Number.isNaN(both.learned.untilSeconds) ? both.learned : both.plain;
  };
  return {
    name: learned.name,
    ...keeping({ learned, plain }, watch, trial),
    hold: (pool, index) => bounded(hold(pool, index), pool, index, options),
    observe: (pool, event) => {
      plain.observe?.(pool, event);
      if (options.mode === "off") return;
      learned.observe?.(pool, event);
      watch.advance(pool);
      trial.observe(pool, event);
    },
  };
}

const kind = { policy: "guarded", version: 1, of: "the guard" };
const ofPolicy = v.strictObject({ policy: v.string(), version: v.number(), pools: v.record(v.string(), v.unknown()) });
const saved = v.strictObject({
  learned: v.nullable(ofPolicy),
  plain: v.nullable(ofPolicy),
  probation: savedProbation,
  trial: savedTrial,
});

/** All that both policies know, and how they did so far; refused as a whole where a part of it is. */
function keeping(
  { learned, plain }: { readonly learned: ReleasePolicy; readonly plain: ReleasePolicy },
  watch: Probation,
  trial: HoldTrial,
): Required<Pick<ReleasePolicy, "save" | "restore">> {
  const parts = () => ({
    learned: learned.save?.() ?? null,
    plain: plain.save?.() ?? null,
    probation: watch.save(),
    trial: trial.save(),
  });
  return {
    save: (): LearnedState => ({ policy: kind.policy, version: kind.version, pools: parts() }),
    restore: (state) => {
      const read = checkedState(state, saved, kind);
      const before = learned.save?.();
      if (read.learned !== null) learned.restore?.(read.learned);
      try {
        if (read.plain !== null) plain.restore?.(read.plain);
      } catch (error) {
        if (before !== undefined) learned.restore?.(before);
        throw error;
      }
      watch.restore(read.probation);
      trial.restore(read.trial);
    },
  };
}

/** A hold within the caps; the node that was used last stays when there are too many. */
function bounded(hold: Hold, pool: PoolView, index: number, options: GuardOptions): Hold {
  const { maxIdleSeconds = Number.POSITIVE_INFINITY, maxWarmNodes, maxIdleUsdPerHour } = options;
  const newer = pool.idle.length - index;
  if (newer > (maxWarmNodes ?? Number.POSITIVE_INFINITY)) {
    const text = () => `given back: ${maxWarmNodes} idle nodes are as many as may be kept`;
    return { untilSeconds: pool.nowSeconds, reason: { code: "cap-nodes", text } };
  }
  if (newer * pool.costs.usdPerHour > (maxIdleUsdPerHour ?? Number.POSITIVE_INFINITY)) {
    const text = () => `given back: idle nodes may cost ${humanUsd(maxIdleUsdPerHour ?? 0)} an hour`;
    return { untilSeconds: pool.nowSeconds, reason: { code: "cap-usd", text } };
  }
  const since = pool.idle[index]?.idleSinceSeconds ?? pool.nowSeconds;
  return hold.untilSeconds > since + maxIdleSeconds ? { ...hold, untilSeconds: since + maxIdleSeconds } : hold;
}

/** What does not fit is not warmed at all: a part of a gang is of no use. */
function capped(warm: Warm | undefined, pool: PoolView, { maxWarmNodes }: GuardOptions): Warm | undefined {
  if (warm === undefined || maxWarmNodes === undefined) return warm;
  return warm.nodes <= maxWarmNodes - pool.idle.length - pool.booting ? warm : undefined;
}

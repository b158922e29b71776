import { breakEvenSeconds } from "../../policy/costs.ts";
import type { Hold } from "../../policy/decision.ts";
import type { ReleasePolicy } from "../../policy/policy.ts";
import type { PoolView } from "../../policy/pool.ts";
import { runToEnd } from "../engine/simulation.ts";
import { State } from "../engine/state.ts";
import type { MakePolicy, SimulatedPolicy } from "../options.ts";
import { wholeLoss } from "../summarize-run.ts";
import type { World } from "../world/world.ts";
import { type DemandCurve, demandCurves } from "./demand-curves.ts";
import { levelsOf } from "./levels.ts";
import { bestTimer } from "./timers.ts";

/** A node is kept exactly if it is needed again before a cold start would be cheaper: it knows all submissions. */
export function clairvoyant(world: World): SimulatedPolicy {
  const curves = demandCurves(world);
  const hold = (pool: PoolView, index: number): Hold => {
    const level = pool.busy + pool.idle.length - index;
    const next = curves[pool.id]?.reaches(level, pool.nowSeconds) ?? Number.POSITIVE_INFINITY;
    const isWorth = next - pool.nowSeconds <= breakEvenSeconds(pool.costs);
    return {
      untilSeconds: isWorth ? next : pool.nowSeconds,
      reason: {
        code: isWorth ? "hold-clairvoyant" : "release-clairvoyant",
        text: () => `node ${level} will be needed ${next < Infinity ? `in ${next - pool.nowSeconds} s` : "no more"}`,
      },
    };
  };
  return { name: "clairvoyant", release: { name: "clairvoyant", hold } };
}

/** The one timer for all pools that would have cost least over the gaps of this trace: exact, and least in `ratioOfGaps`. */
export function bestTimerInHindsight(world: World): SimulatedPolicy {
  return hindsightTimer("best timer in hindsight", bestTimer(world, levelsOf(world)).seconds);
}

/** The one timer of a grid that costs least when it is simulated on this trace: least in `ratioToOptimum`. */
export function bestTimerSimulated(world: World): SimulatedPolicy {
  const seconds = simulatedBest.get(world) ?? leastLoss(world);
  simulatedBest.set(world, seconds);
  return hindsightTimer("best simulated timer", seconds);
}

const timerGrid = [0, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200] as const;
const simulatedBest = new WeakMap<World, number>();

function leastLoss(world: World): number {
  const candidates = [...timerGrid, bestTimer(world, levelsOf(world)).seconds];
  const losses = candidates.map((seconds) => {
    const state = new State(world, hindsightTimer("candidate", seconds), {});
    runToEnd(state);
    return wholeLoss(state.pools);
  });
  return candidates[losses.indexOf(Math.min(...losses))] ?? 0;
}

function hindsightTimer(name: string, seconds: number): SimulatedPolicy {
  const text = () => `of all fixed timers ${seconds} s costs least on this trace, which is known only afterwards`;
  const hold = (pool: PoolView, index: number): Hold => ({
    untilSeconds: (pool.idle[index]?.idleSinceSeconds ?? pool.nowSeconds) + seconds,
    reason: { code: "hold-hindsight", text },
  });
  return { name, release: { name, hold } };
}

/** A node group as large as the most that was ever needed at once. */
export const alwaysOnPeak: MakePolicy = (world) => alwaysOn("always-on peak", world, ({ peak }) => peak);

/** A node group as large as what is needed on average; what is beyond it comes and goes at once. */
export const alwaysOnMean: MakePolicy = (world) => alwaysOn("always-on mean", world, ({ mean }) => Math.ceil(mean));

function alwaysOn(name: string, world: World, size: (curve: DemandCurve) => number): SimulatedPolicy {
  const sizes = demandCurves(world).map(size);
  const reason = { code: "release-beyond-group", text: () => "the group is complete without it" };
  const release: ReleasePolicy = { name, hold: (pool) => ({ untilSeconds: pool.nowSeconds, reason }) };
  return { name, release, floor: ({ id }) => sizes[id] ?? 0 };
}

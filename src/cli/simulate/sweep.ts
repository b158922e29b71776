import type { SweepPoint } from "../../report/simulation/results.ts";
import { optimumOf } from "../../simulate/optimum.ts";
import { simulateIn } from "../../simulate/simulate.ts";
import { worldOf } from "../../simulate/world/world-of.ts";
import type { WorldOptions } from "../../simulate/world/world-options.ts";
import { breakEvenRange, policyRows } from "./jobs-results.ts";
import type { Contestant } from "./roster.ts";

/** Enough to see how a choice depends on what waiting is worth; the others cost as much time as these again. */
const shown: ReadonlySet<string> = new Set([
  "aura",
  "aura-release",
  "karpenter-30s",
  "cluster-autoscaler-10m",
  "best-timer",
  "break-even",
]);

/** The same trace where waiting is worth something else. */
export function sweepOf(
  options: WorldOptions,
  waitingWeight: number,
  field: readonly Contestant[],
  seed: number,
): SweepPoint {
  const world = worldOf({ ...options, waitingWeight });
  const optimum = optimumOf(world);
  const some = field.filter(({ name }) => shown.has(name));
  const runs = (some.length === 0 ? field : some).map((contestant) => ({
    contestant,
    result: simulateIn(world, optimum, contestant.make, { seed }).result,
  }));
  return { waitingWeight, breakEvenSeconds: breakEvenRange(world), policies: policyRows(world, runs) };
}

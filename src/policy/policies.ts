import { Failure } from "../kernel/failure.ts";
import { didYouMean } from "../kernel/text.ts";
import { type GuardMode, guarded } from "./guard/guarded.ts";
import { plainExpert } from "./guard/plain-expert.ts";
import type { Policy } from "./policy.ts";
import { auraRelease } from "./release/aura-release.ts";
import { releaseBaselines } from "./release/baselines.ts";
import { cesBuffer, hourlySeasonal, reactivePlus } from "./warm/baselines.ts";
import { fewestColdStarts } from "./warm/fewest-cold-starts.ts";
import { newsvendorWarm } from "./warm/newsvendor-warm.ts";
import { priced } from "./warm/priced-pool.ts";
import { cheapestToFinish, type SpotUse } from "./where/cheapest-to-finish.ts";
import { waitOrBoot } from "./where/wait-or-boot.ts";

export interface PolicyOptions {
  /** Of policies that draw. Default 1. */
  readonly seed?: number | undefined;
  /** ρ, in place of what the pool says. */
  readonly waitingWeight?: number | undefined;
  /** No hold of Aura's is longer. Default: none but what follows from a cold start's cost. */
  readonly maxIdleSeconds?: number | undefined;
  /** What Aura may spend a day on nodes that nobody asked for. Default: 5 % of what the day before cost. */
  readonly dailyWarmUsd?: number | undefined;
  /** Idle nodes of one pool, at most. Default: any number. */
  readonly maxWarmNodes?: number | undefined;
  /** What may run on spot under Aura. Default `checkpointed`. */
  readonly spot?: SpotUse | undefined;
  /** Default `act`. */
  readonly mode?: GuardMode | undefined;
  /** Days in which what was learned has to be as good as the plain expert before it acts. Default 0. */
  readonly trialDays?: number | undefined;
}

/** Such as `aura` and `karpenter-30s`: Aura's own first, then what others do. */
export function policyNames(): readonly string[] {
  return Object.keys(policies);
}

/** A policy that has learned nothing yet. Those in hindsight are the simulator's. */
export function makePolicy(name: string, options: PolicyOptions = {}): Policy {
  const make = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (make === undefined) throw unknownPolicy(name);
  const policy = { ...make(options), name };
  const { waitingWeight } = options;
  return waitingWeight === undefined ? policy : priced(policy, () => waitingWeight);
}

const policies: Readonly<Record<string, (options: PolicyOptions) => Policy>> = {
  /** Learned release, warming, spot for what writes checkpoints, waits behind nodes on their way, and the guard. */
  aura: (options) => withinBounds(learned(options), options),
  /** The same, with the Cluster Autoscaler's overhead spent on as few cold starts as it can. */
  "aura-interactive": (options) => fewestColdStarts(withinBounds(learned(options), options)),
  /** Learned release alone, on demand: what learning adds to a timer. */
  "aura-release": () => ({ name: "aura-release", release: auraRelease() }),
  /** The guard's plain expert. */
  "follow-the-leader": () => ({ name: "follow-the-leader", release: plainExpert() }),
  ...Object.fromEntries(
    Object.entries(releaseBaselines).map(([name, release]) => [
      name,
      ({ seed }: PolicyOptions): Policy => ({ name, release: release(seed) }),
    ]),
  ),
  "reactive-plus-1": () => reactivePlus(1),
  "ces-buffer": () => cesBuffer(),
  "aws-predictive": () => hourlySeasonal(),
};

function learned(options: PolicyOptions): Policy {
  const { dailyWarmUsd: dailyUsd, maxWarmNodes, spot = "checkpointed" } = options;
  return {
    name: "aura",
    release: auraRelease(),
    warm: newsvendorWarm({ dailyUsd, maxWarmNodes }),
    place: cheapestToFinish({ spot }),
    wait: waitOrBoot(),
  };
}

function withinBounds(policy: Policy, options: PolicyOptions): Policy {
  const { mode = "act", trialDays = 0, maxIdleSeconds, maxWarmNodes } = options;
  return guarded(policy, plainExpert(), { mode, trialDays, maxIdleSeconds, maxWarmNodes });
}

function unknownPolicy(name: string): Failure {
  const suggestion = didYouMean(name, policyNames());
  return new Failure("USAGE", `there is no policy ${JSON.stringify(name)}`, {
    fix: suggestion === undefined ? `one of ${policyNames().join(", ")}` : `did you mean ${suggestion}?`,
  });
}

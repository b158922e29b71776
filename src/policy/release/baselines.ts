import type { ReleasePolicy } from "../policy.ts";
import { fixedHold } from "./fixed-hold.ts";
import { hybridHistogram } from "./hybrid-histogram.ts";
import { breakEvenHold, randomizedHold } from "./ski-rental.ts";

/**
 * What other tools do with an idle node, by name; each call makes a policy that has learned nothing yet. Best fixed hold in
 * hindsight and the clairvoyant optimum need the whole trace: they are the simulator's.
 */
export const releaseBaselines: Readonly<Record<string, (seed?: number) => ReleasePolicy>> = {
  "scale-to-zero": () => fixedHold("scale-to-zero", 0),
  /** `consolidateAfter: 30s`, as in AWS's examples. */
  "karpenter-30s": () => fixedHold("karpenter-30s", 30),
  /** SkyPilot, dstack and ai-on-eks. */
  "five-minutes": () => fixedHold("five-minutes", 300),
  /** `scale-down-unneeded-time`. */
  "cluster-autoscaler-10m": () => fixedHold("cluster-autoscaler-10m", 600),
  "one-hour": () => fixedHold("one-hour", 3600),
  "break-even": breakEvenHold,
  randomized: randomizedHold,
  "hybrid-histogram": hybridHistogram,
};

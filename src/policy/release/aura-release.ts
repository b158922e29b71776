import type { Hold, Reason } from "../decision.ts";
import type { ReleasePolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { chainHazards } from "./experts.ts";
import { idleSince } from "./fixed-hold.ts";
import { classesText } from "./gap-classes.ts";
import { type GapContext, longestInBreakEvens } from "./gap-context.ts";
import { bucketCount } from "./gap-grid.ts";
import { GapLearner } from "./gap-learner.ts";
import { HazardModel, type TrainedModel } from "./hazard-model.ts";
import { bestHold, type Choice, type Hazards } from "./hazards.ts";
import { percentText, spanText } from "./reasons.ts";
import { restoreLearner, saveLearner } from "./save-learner.ts";
import { trainedModel } from "./trained-model.ts";

export interface AuraReleaseOptions {
  /** Weights to use, such as ones that have not seen a trace to be scored; `none`: experts only. Default: the committed ones. */
  readonly model?: TrainedModel | "none" | undefined;
}

/** A launch is billed for a minute at least (EC2, Linux): giving a node back earlier saves nothing. */
const minimumBillSeconds = 60;

/**
 * Learns from every gap of every pool what each hold would have cost, and holds a node for what costs least. Experts differ
 * in which gaps they take to be alike, one is a trained model; they are weighed by what following them would have cost.
 */
export function auraRelease(options: AuraReleaseOptions = {}): ReleasePolicy {
  const { model = trainedModel } = options;
  const trained = model === "none" ? undefined : new HazardModel(model);
  let learner = new GapLearner(trained);
  return {
    name: "aura",
    observe: (pool, event) => learner.observe(pool, event),
    hold: (pool, index) => holdOf(learner, pool, index),
    save: () => saveLearner(learner),
    restore: (state) => {
      const fresh = new GapLearner(trained);
      restoreLearner(fresh, state);
      learner = fresh;
    },
  };
}

function holdOf(learner: GapLearner, pool: PoolView, index: number): Hold {
  const watched = learner.watch.of(pool);
  const vacancy = watched.ledger.vacancyOf(pool, index);
  const breakEven = learner.costs.breakEvenSeconds(pool);
  const since = vacancy?.sinceSeconds ?? idleSince(pool, index);
  const age = pool.nowSeconds - since;
  const hazards = vacancy?.context.hazards ?? unusedHazards(learner, watched.key);
  const choice = bestHold(hazards, breakEven, age, longestInBreakEvens * breakEven);
  const billedUntil = (pool.idle[index]?.launchedAtSeconds ?? Number.NEGATIVE_INFINITY) + minimumBillSeconds;
  const untilSeconds = Math.max(since + choice.hold, billedUntil);
  return { untilSeconds, reason: reasonOf({ choice, age, breakEven, context: vacancy?.context, learner }) };
}

/** Of a node that no job has left: what is known of the pool in general. */
function unusedHazards(learner: GapLearner, key: string): Hazards {
  const chain = [learner.shared.tables.of("all"), learner.knowledgeOf(key).tables.of("all")];
  return chainHazards(chain, new Float64Array(bucketCount));
}

interface Grounds {
  readonly choice: Choice;
  readonly age: number;
  readonly breakEven: number;
  readonly context: GapContext | undefined;
  readonly learner: GapLearner;
}

function reasonOf({ choice, age, breakEven, context, learner }: Grounds): Reason {
  const where = () => (context === undefined ? "" : ` after ${classesText(context.classes)}`);
  const who = () => {
    if (context === undefined) return "";
    if (context.pool.probation > 0) return "; the plain expert decides, as the others have become worse";
    return `; what cost least so far is going by ${learner.among[context.leader]?.name}`;
  };
  if (choice.hold <= age)
    return {
      code: "release-learned",
      text: () =>
        `given back after ${spanText(age)}: holding on costs more than a cold start, which is worth ${spanText(breakEven)}${where()}${who()}`,
    };
  return {
    code: "hold-learned",
    text: () =>
      `held ${spanText(choice.hold - age)}: ${percentText(choice.returns)} of the gaps${where()} end within it, a cold start is worth ${spanText(breakEven)}${who()}`,
  };
}

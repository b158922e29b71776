import type { LearnedState } from "../policy.ts";
import { Activity } from "./activity.ts";
import type { GapContext, PoolKnowledge } from "./gap-context.ts";
import type { GapLearner } from "./gap-learner.ts";
import type { Vacancy } from "./gap-ledger.ts";
import type { WatchedPool } from "./gap-watch.ts";
import { checkedState, type SavedPool, type SavedVacancy, savedKind, sharedName } from "./saved-state.ts";

/** Open gaps of a pool that are worth keeping: the newest, which end first. */
const savedVacancies = 64;

/** All that was learned, as JSON of a few kilobytes for each pool. */
export function saveLearner(learner: GapLearner): LearnedState {
  const costs = learner.costs.save();
  const pools = [...learner.watch.pools].map(
    ([key, watched]) => [key, savedPool(watched, learner.knowledgeOf(key), costs[key])] as const,
  );
  const users = Object.fromEntries([...learner.watch.users].map(([key, activity]) => [key, activity.save()]));
  const { tables, losses } = learner.shared;
  const common = { tables: tables.save(), losses: losses.save(), users };
  return {
    policy: savedKind.policy,
    version: savedKind.version,
    pools: { [sharedName]: common, ...Object.fromEntries(pools) },
  };
}

/** Takes what `saveLearner` gave, into a learner that has learned nothing yet; refuses what is not sound as a whole. */
export function restoreLearner(learner: GapLearner, state: LearnedState): void {
  const { shared, pools } = checkedState(state, learner.among.length);
  learner.shared.tables.restore(shared.tables);
  learner.shared.losses.restore(shared.losses);
  for (const [key, values] of Object.entries(shared.users)) learner.watch.users.set(key, Activity.restored(values));
  const costs: Record<string, readonly number[]> = {};
  for (const [key, saved] of pools) {
    restorePool(learner, key, saved);
    if (saved.costs !== undefined) costs[key] = saved.costs;
  }
  learner.costs.restore(costs);
}

function savedPool(
  { ledger, activity, levelGaps, lastEnd, endsNow, lastUser }: WatchedPool<GapContext>,
  { tables, losses, probation }: PoolKnowledge,
  costs: number[] | undefined,
): SavedPool {
  return {
    tables: tables.save(),
    losses: losses.save(),
    probation,
    activity: activity.save(),
    levelGaps: [...levelGaps],
    lastEnd,
    endsNow,
    lastUser,
    demand: ledger.demand,
    vacancies: ledger.vacancies.slice(-savedVacancies).map(savedVacancy),
    ...(costs !== undefined && { costs }),
  };
}

function savedVacancy({ sinceSeconds, level, user, weight, outlived, context }: Vacancy<GapContext>): SavedVacancy {
  const { classes, hazards, leader, holds, breakEven, settled } = context;
  return {
    since: sinceSeconds,
    level,
    user,
    weight,
    outlived,
    ...classes,
    hazards: [...hazards],
    leader,
    holds: [...holds],
    breakEven,
    settled,
  };
}

function restorePool(learner: GapLearner, key: string, saved: SavedPool): void {
  const knowledge = learner.knowledgeOf(key);
  knowledge.tables.restore(saved.tables);
  knowledge.losses.restore(saved.losses);
  knowledge.probation = saved.probation;
  const watched = learner.watch.byKey(key);
  watched.activity = Activity.restored(saved.activity);
  watched.levelGaps.splice(0, watched.levelGaps.length, ...saved.levelGaps);
  watched.lastEnd = saved.lastEnd;
  watched.endsNow = saved.endsNow;
  watched.lastUser = saved.lastUser;
  const vacancies = saved.vacancies.map((vacancy) => restoredVacancy(learner, knowledge, vacancy));
  watched.ledger.restore(saved.demand, vacancies);
}

function restoredVacancy(learner: GapLearner, pool: PoolKnowledge, saved: SavedVacancy): Vacancy<GapContext> {
  const classes = { job: saved.job, activity: saved.activity };
  return {
    sinceSeconds: saved.since,
    level: saved.level,
    user: saved.user,
    weight: saved.weight,
    outlived: saved.outlived,
    context: {
      classes,
      hazards: Float64Array.from(saved.hazards),
      leader: saved.leader,
      holds: Float64Array.from(saved.holds),
      breakEven: saved.breakEven,
      weight: saved.weight,
      counts: learner.estimator.viewOf(classes, pool).counts,
      pool,
      settled: saved.settled,
    },
  };
}

import type { PoolJob, PoolView } from "../pool.ts";
import { type Activity, activityFeatures, logOf } from "./activity.ts";

const ownFeatures = [
  "ran",
  "waited",
  "failed",
  "killed",
  "passed",
  "nodes",
  "gpus",
  "levels",
  "vacancies",
  "levelGap",
  "endsNow",
  "sameUser",
] as const;

/** What the model sees of a gap that begins, in this order. No hour and no weekday: organisations differ in theirs. */
export const featureNames: readonly string[] = [
  ...ownFeatures,
  ...activityFeatures.map((name) => `pool.${name}`),
  ...activityFeatures.map((name) => `user.${name}`),
];

/** A gap begins as `job` ends. */
export interface GapStart {
  readonly pool: PoolView;
  readonly job: PoolJob;
  /** Levels that are still taken, and open gaps beside this one. */
  readonly levels: number;
  readonly vacancies: number;
  /** The last gap of the same level; beyond all gaps without one. */
  readonly levelGap: number;
  /** What the gap counts. */
  readonly weight: number;
  /** Jobs of this pool that ended within the last ten seconds. */
  readonly endsNow: number;
  /** Whether the pool's last job came from the same user. */
  readonly sameUser: boolean;
  readonly ofPool: Activity;
  readonly ofUser: Activity;
}

/** All of it is known at that moment. Writes into `features`, which has a place for each name. */
export function featuresOf(start: GapStart, features = new Float64Array(featureNames.length)): Float64Array {
  const { pool, job } = start;
  features[0] = logOf(job.endSeconds - job.startSeconds);
  features[1] = logOf(job.startSeconds - job.submitSeconds);
  features[2] = job.status === 2 ? 1 : 0;
  features[3] = job.status === 3 ? 1 : 0;
  features[4] = job.status === 1 ? 1 : 0;
  features[5] = job.nodes;
  features[6] = job.gpus;
  features[7] = Math.log1p(start.levels);
  features[8] = Math.log1p(start.vacancies);
  features[9] = logOf(start.levelGap);
  features[10] = start.endsNow;
  features[11] = start.sameUser ? 1 : 0;
  start.ofPool.describe(pool.nowSeconds, features, ownFeatures.length);
  start.ofUser.describe(pool.nowSeconds, features, ownFeatures.length + activityFeatures.length);
  return features;
}

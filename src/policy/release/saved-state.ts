import * as v from "valibot";

import { amount, count, finite, parsed, refusal, type StateKind, savedBy } from "../learned-state.ts";
import type { LearnedState } from "../policy.ts";
import { activityValues } from "./activity.ts";
import { bucketCount } from "./gap-grid.ts";

/** Of what is saved; another one is refused. */
export const savedKind: StateKind = {
  policy: "aura-release",
  version: 1,
  of: "the release policy",
  fix: "leave it out: it learns anew, and until then goes by what it was trained on",
};
/** Under which name `pools` has what all pools have in common: no pool is called so, for each has a slash. */
export const sharedName = "all pools";

const share = v.pipe(amount, v.maxValue(1));

/** Ended and at risk by turns: nothing ends that was not at risk. */
const table = v.pipe(
  v.array(amount),
  v.check((counts) => {
    const pairs = counts.length / 2;
    const sound = counts.every((value, at) => at % 2 === 1 || value <= (counts[at + 1] ?? -1));
    return Number.isInteger(pairs) && pairs <= bucketCount && sound;
  }, "counts of gaps that do not add up"),
);
const tables = v.record(v.string(), table);
const losses = v.pipe(v.array(amount), v.minLength(1));
const activity = v.pipe(v.array(finite), v.length(activityValues));

const vacancy = v.strictObject({
  since: finite,
  level: count,
  user: v.string(),
  weight: share,
  outlived: v.pipe(count, v.maxValue(bucketCount)),
  job: v.pipe(v.string(), v.regex(/^\d\.\d$/)),
  activity: v.pipe(v.string(), v.regex(/^\d$/)),
  hazards: v.pipe(v.array(share), v.length(bucketCount)),
  leader: count,
  holds: v.array(amount),
  breakEven: amount,
  settled: v.boolean(),
});

const pool = v.strictObject({
  tables,
  losses,
  probation: amount,
  activity,
  levelGaps: v.array(amount),
  lastEnd: finite,
  endsNow: count,
  lastUser: v.pipe(finite, v.integer()),
  demand: amount,
  vacancies: v.array(vacancy),
  costs: v.optional(v.pipe(v.array(amount), v.length(4))),
});

const shared = v.strictObject({ tables, losses, users: v.record(v.string(), activity) });

export type SavedVacancy = v.InferOutput<typeof vacancy>;
export type SavedPool = v.InferOutput<typeof pool>;
export type SavedShared = v.InferOutput<typeof shared>;

/** All that was saved, checked before any of it is taken. */
export interface SavedRelease {
  readonly shared: SavedShared;
  readonly pools: ReadonlyMap<string, SavedPool>;
}

/** What was saved for so many experts; throws a Failure that says what is wrong with it. */
export function checkedState(state: LearnedState, arms: number): SavedRelease {
  const { [sharedName]: common, ...rest } = { ...savedBy(state, savedKind) };
  const read = { shared: parsed(common, shared, savedKind, sharedName), pools: new Map<string, SavedPool>() };
  for (const [key, value] of Object.entries(rest)) read.pools.set(key, parsed(value, pool, savedKind, key));
  for (const [key, each] of [[sharedName, read.shared] as const, ...read.pools])
    if (each.losses.length !== arms + 1)
      throw refusal(`${key} has losses of ${each.losses.length - 1} experts, not ${arms}`, savedKind);
  for (const [key, { vacancies }] of read.pools)
    if (vacancies.some(({ holds, leader }) => holds.length !== arms + 1 || leader >= arms))
      throw refusal(`${key} has holds of other experts`, savedKind);
  return read;
}

import * as v from "valibot";

import { humanUsd } from "../../kernel/text.ts";
import { amount, count, orNaN } from "../learned-state.ts";
import type { PoolView } from "../pool.ts";
import { changeDetection, savedChanges, tripAt } from "./change-detection.ts";
import type { Pair } from "./hold-trial.ts";

/** Whether what was learned may act: after so many days in a row that cost no more, until it becomes worse. */
export interface Probation {
  settled(usd: Pair, pool: PoolView): void;
  advance(pool: PoolView): void;
  readonly acting: boolean;
  /** Whether it has ever passed. */
  readonly admitted: boolean;
  /** Why it acts or not, in a sentence with figures. */
  text(): string;
  save(): SavedProbation;
  /** A trial that was passed stays passed, whatever its length is now. */
  restore(saved: SavedProbation): void;
}

const pair = v.strictObject({ learned: amount, plain: amount });
export const savedProbation = v.strictObject({
  acting: v.boolean(),
  day: orNaN,
  betterDays: count,
  trips: count,
  today: pair,
  total: pair,
  changes: savedChanges,
});
export type SavedProbation = v.InferOutput<typeof savedProbation>;

const daySeconds = 86_400;
/** After it became worse, it has to be as good for a day before it acts again. */
const recoveryDays = 1;

export function probation(trialDays: number): Probation {
  const changes = changeDetection();
  let total = { learned: 0, plain: 0 };
  let today = { learned: 0, plain: 0 };
  let [day, betterDays, trips] = [Number.NaN, 0, 0];
  let acting = trialDays === 0;
  const neededDays = () => (trips > 0 ? recoveryDays : trialDays);

  const turn = (to: number) => {
    const held = today.plain > 0 || today.learned > 0;
    if (held) betterDays = today.learned <= today.plain ? betterDays + 1 : 0;
    if (!acting && betterDays >= neededDays()) {
      acting = true;
      changes.reset();
    }
    today = { learned: 0, plain: 0 };
    day = to;
  };
  const advance = ({ startMs, nowSeconds }: PoolView) => {
    const to = Math.floor((startMs / 1000 + nowSeconds) / daySeconds);
    if (Number.isNaN(day)) day = to;
    if (to > day) turn(to);
  };

  return {
    advance,
    settled: ({ learned, plain }, pool) => {
      advance(pool);
      for (const sums of [today, total]) {
        sums.learned += learned;
        sums.plain += plain;
      }
      changes.observe(learned, plain);
      if (!acting || !changes.tripped) return;
      acting = false;
      [betterDays, trips] = [0, trips + 1];
      changes.reset();
    },
    get acting() {
      return acting;
    },
    get admitted() {
      return acting || trips > 0;
    },
    text: () => {
      const spent = `holds and cold starts cost ${humanUsd(total.learned)} so far, the plain expert's ${humanUsd(total.plain)}`;
      if (acting) return `what was learned acts: ${spent}`;
      if (trips > 0)
        return `the plain expert acts: what was learned became worse than it by ${tripAt} deviations; ${spent}`;
      return `the plain expert acts until what was learned was as good for ${trialDays} days in a row (now ${betterDays}): ${spent}`;
    },
    save: () => ({
      acting,
      day: Number.isNaN(day) ? null : day,
      betterDays,
      trips,
      today: { ...today },
      total: { ...total },
      changes: changes.save(),
    }),
    restore: (saved) => {
      [betterDays, trips, day] = [saved.betterDays, saved.trips, saved.day ?? Number.NaN];
      [today, total] = [{ ...saved.today }, { ...saved.total }];
      acting = saved.acting || (trips === 0 && trialDays === 0);
      changes.restore(saved.changes);
    },
  };
}

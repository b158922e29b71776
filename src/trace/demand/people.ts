import { type Random, seededRandom } from "../../kernel/random.ts";
import { between, chance, logNormal, pick, pickWeighted } from "../draws.ts";
import { figures } from "./figures.ts";

/** Somebody who submits jobs, with habits. Each has randomness of their own: others do not change what they do. */
export interface Person {
  readonly name: string;
  readonly group: string;
  readonly random: Random;
  /** Of their local time to UTC. */
  readonly zoneHours: number;
  readonly startHour: number;
  readonly hours: number;
  /** Share of the weekdays on which they work with GPUs. */
  readonly attendance: number;
  /** Their usual size of job; below 1: a share of a GPU. */
  readonly gpus: number;
  /** How long their jobs take, as a multiple of the usual. */
  readonly pace: number;
  /** A `|` list; empty: any GPU does. */
  readonly gpuType: string;
  /** How often a session is one of these. */
  readonly habits: Readonly<Record<Activity, number>>;
}

export type Activity = "develop" | "interactive" | "sweep" | "gang";

/** A job that comes every night, or every night before a working day. */
export interface Nightly extends Person {
  readonly secondOfDay: number;
  readonly everyDay: boolean;
  readonly seconds: number;
}

export function newPerson(random: Random, number: number, zoneHours: number): Person {
  const own = seededRandom(random.integer(2 ** 32));
  const { hours, shares } = figures;
  return {
    name: `u${number}`,
    // five people to a group
    group: `team${Math.ceil(number / 5)}`,
    random: own,
    zoneHours: chance(own, hours.elsewhere) ? zoneHours + pick(own, [-8, -6, -3, 3, 6, 8]) : zoneHours,
    startHour: own.normal(hours.start, hours.startDeviation),
    hours: own.normal(hours.length, hours.lengthDeviation),
    attendance: between(own, 0.2, 0.9),
    gpus: chance(own, shares.userShare) ? pick(own, shares.sizes) : pickWeighted(own, figures.gpus),
    pace: logNormal(own, 1, 0.8),
    gpuType: pickWeighted(own, [
      ["", 0.5],
      ["a10g|l4", 0.2],
      ["l40s|a100|h100", 0.2],
      ["a10g", 0.1],
    ]),
    habits: {
      develop: between(own, 0.4, 1),
      interactive: chance(own, 0.5) ? between(own, 0.1, 0.8) : 0,
      sweep: chance(own, 0.35) ? between(own, 0.05, 0.3) : 0,
      gang: chance(own, 0.25) ? between(own, 0.05, 0.25) : 0,
    },
  };
}

export function newNightly(random: Random, number: number, zoneHours: number): Nightly {
  const person = newPerson(random, number, zoneHours);
  const { nightly } = figures;
  return {
    ...person,
    name: `nightly${number}`,
    zoneHours,
    gpus: pick(person.random, [1, 1, 1, 2, 4]),
    secondOfDay: person.random.integer(6 * 12) * 300,
    everyDay: chance(person.random, 0.6),
    seconds: logNormal(person.random, nightly.medianSeconds, nightly.sigma),
  };
}

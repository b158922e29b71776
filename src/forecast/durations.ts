import { cautious, type Distribution } from "./distribution.ts";
import type { Saveable } from "./forecaster.ts";
import { type LevelTracker, levelTracker } from "./level-tracker.ts";
import { check, checkMethod } from "./memory.ts";
import { type SketchKey, shrunkSketch } from "./shrunk-sketch.ts";

/** What a job's run time is told from. */
export interface JobTraits {
  readonly user: string | number;
  /** The job's name, or its experiment; absent: not known. */
  readonly name?: string | undefined;
  readonly gpus: number;
}

/** How long jobs run, from those that ended: by user, name and GPUs, then more generally, as far as each is known. */
export interface Durations extends Saveable {
  /**
   * A job that ended, after so many seconds of run time; `atSeconds` is when. `told` is what `at` said when it began:
   * with it, bounds are corrected by what was known then, and jobs that resemble each other and run at the same time
   * do not vouch for one another. Absent: by what is known now.
   */
  observe(job: JobTraits, seconds: number, atSeconds: number, told?: Distribution): void;
  /**
   * The run time that a job like this stays under with probability `p`, given that it has run `ageSeconds` already
   * (default 0). NaN: no job has ended yet. Corrected online, so that the share that stays under is `p` in the long run,
   * for each of a few ranges of age.
   */
  quantile(job: JobTraits, p: number, atSeconds: number, ageSeconds?: number): number;
  /** The same as a distribution, without the correction. */
  at(job: JobTraits, atSeconds: number, ageSeconds?: number): Distribution;
}

const day = 86_400;
/** A user's next job resembles the last few more than those of last week. */
const halfLifeJobs = 4;
const levels = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
/** How far one miss moves a level. */
const step = 0.005;
const highest = 0.9995;
/** Corrections are apart from each of these ages on. */
const ages = [0, 600, 3600, 6 * 3600, day];

export function durations(halfLifeSeconds = 14 * day): Durations {
  const sketch = shrunkSketch({ halfLifeSeconds });
  const trackers = ages.map(() => levelTracker(levels, step));
  const tell = (job: JobTraits, atSeconds: number) => {
    const keys = keysOf(job);
    const lasting = keys.filter(({ halfLifeValues }) => halfLifeValues === undefined);
    return cautious(sketch.at(keys, atSeconds), sketch.at(lasting, atSeconds));
  };
  const learn = (known: Distribution, seconds: number) => {
    for (const [index, tracker] of trackers.entries()) {
      const age = ages[index] as number;
      if (index > 0 && seconds <= age) return;
      const then = known.above(age);
      for (const level of levels.keys()) tracker.observe(level, stays(seconds, then, tracker.asked(level)));
    }
  };
  return {
    observe: (job, seconds, atSeconds, told) => {
      if (!(seconds >= 0)) return;
      learn(told ?? tell(job, atSeconds), seconds);
      sketch.add(keysOf(job), seconds, atSeconds);
    },
    quantile: (job, p, atSeconds, ageSeconds = 0) => {
      const tracker = trackers[ages.findLastIndex((age) => age <= ageSeconds)];
      const asked = tracker === undefined ? p : corrected(tracker, p);
      return tell(job, atSeconds).above(ageSeconds).quantile(asked);
    },
    at: (job, atSeconds, ageSeconds = 0) => tell(job, atSeconds).above(ageSeconds),
    save: () => ({
      method: "durations",
      version: 1,
      values: {},
      parts: [sketch, ...trackers].map((part) => part.save()),
    }),
    restore: (saved) => {
      const parts = saved?.parts ?? [];
      checkMethod(saved, "durations");
      for (const [index, part] of [sketch, ...trackers].entries()) {
        const own = parts[index];
        check(own !== undefined, "durations", "parts are missing");
        part.restore(own);
      }
    },
  };
}

function keysOf({ user, name, gpus }: JobTraits): SketchKey[] {
  const own = `${user}|${gpus}`;
  return [
    ...(name === undefined ? [] : [{ key: `${own}|${name}` }]),
    { key: `${own}|`, halfLifeValues: halfLifeJobs },
    { key: own },
    { key: `|${gpus}` },
    { key: "*" },
  ];
}

const stays = (seconds: number, known: Distribution, level: number) =>
  level >= 1 || (level > 0 && seconds <= known.quantile(Math.min(level, highest)));

/** The level to ask for to get `p`, between those that are tracked; never falls as `p` rises. */
function corrected(tracker: LevelTracker, p: number): number {
  let [below, from] = [0, 0];
  for (const [index, level] of levels.entries()) {
    const to = Math.max(from, Math.min(highest, tracker.asked(index)));
    if (p <= level) return from + ((p - below) / (level - below)) * (to - from);
    [below, from] = [level, to];
  }
  return from + ((p - below) / (1 - below)) * (highest - from);
}

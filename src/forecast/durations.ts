import type { Saveable } from "./forecaster.ts";
import { type LevelTracker, levelTracker } from "./level-tracker.ts";
import { check } from "./memory.ts";
import { type Distribution, shrunkSketch } from "./shrunk-sketch.ts";

/** What a job's run time is told from. */
export interface JobTraits {
  readonly user: string | number;
  /** The job's name, or its experiment; absent: not known. */
  readonly name?: string | undefined;
  readonly gpus: number;
}

/** How long jobs run, from those that ended: by user, name and GPUs, then more generally, as far as each is known. */
export interface Durations extends Saveable {
  /** A job that ended, after so many seconds of run time; `atSeconds` is when. */
  observe(job: JobTraits, seconds: number, atSeconds: number): void;
  /**
   * The run time that a job like this stays under with probability `p`, given that it has run `ageSeconds` already
   * (default 0). NaN: no job has ended yet. Corrected online, so that the share that stays under is `p` in the long run.
   */
  quantile(job: JobTraits, p: number, atSeconds: number, ageSeconds?: number): number;
  /** The same as a distribution, without the correction. */
  at(job: JobTraits, atSeconds: number, ageSeconds?: number): Distribution;
}

const day = 86_400;
const levels = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
/** How far one miss moves a level. */
const step = 0.005;
const highest = 0.9995;

export function durations(halfLifeSeconds = 14 * day): Durations {
  const sketch = shrunkSketch({ halfLifeSeconds });
  const tracker = levelTracker(levels, step);
  return {
    observe: (job, seconds, atSeconds) => {
      if (!(seconds >= 0)) return;
      const keys = keysOf(job);
      const known = sketch.at(keys, atSeconds);
      for (const index of levels.keys()) tracker.observe(index, stays(seconds, known, tracker.asked(index)));
      sketch.add(keys, seconds, atSeconds);
    },
    quantile: (job, p, atSeconds, ageSeconds = 0) =>
      sketch.at(keysOf(job), atSeconds, ageSeconds).quantile(corrected(tracker, p)),
    at: (job, atSeconds, ageSeconds = 0) => sketch.at(keysOf(job), atSeconds, ageSeconds),
    save: () => ({ method: "durations", version: 1, values: {}, parts: [sketch.save(), tracker.save()] }),
    restore: (saved) => {
      const [ofSketch, ofTracker] = saved?.parts ?? [];
      check(saved?.method === "durations" && saved.version === 1, "durations", "it is of another kind or version");
      check(ofSketch !== undefined && ofTracker !== undefined, "durations", "parts are missing");
      sketch.restore(ofSketch);
      tracker.restore(ofTracker);
    },
  };
}

function keysOf({ user, name, gpus }: JobTraits): string[] {
  const broad = [`${user}|${gpus}`, `|${gpus}`, "*"];
  return name === undefined ? broad : [`${user}|${gpus}|${name}`, ...broad];
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

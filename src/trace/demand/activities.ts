import { between, chance, exponential, logNormal, pareto, pickWeighted } from "../draws.ts";
import type { NewJob } from "../job-builder.ts";
import { figures } from "./figures.ts";
import type { Activity, Person } from "./people.ts";

/** Jobs of one session; seconds are those of the trace. Nobody submits after `until`. */
export type Session = (person: Person, at: number, until: number) => Iterable<NewJob>;

export const sessions: Readonly<Record<Activity, Session>> = { develop, interactive, sweep, gang };

/** Submit, wait, mend, submit again, until it works; then the next thing, until the day is over or a run is long. */
function* develop(person: Person, at: number, until: number): Generator<NewJob> {
  const { retry, next } = figures;
  for (let now = at; now < until; ) {
    const job = run(person, now, figures.failing.share);
    yield job;
    const failed = job.status === "failed";
    const { share, thinkSeconds, thinkSigma } = failed ? retry : next;
    if (!chance(person.random, share) || job.durationSeconds > 3600) return;
    now += job.durationSeconds + logNormal(person.random, thinkSeconds, thinkSigma);
  }
}

/** One notebook, for part of the day, and left for the next two hours now and then. */
function* interactive(person: Person, at: number, until: number): Generator<NewJob> {
  const { random } = person;
  const { leastSeconds, mostSeconds } = figures.interactive;
  const rest = Math.max(leastSeconds, until - at) + (chance(random, 0.2) ? 7200 : 0);
  const gpus = Math.min(1, person.gpus);
  yield {
    ...job(person, at, gpus),
    durationSeconds: Math.min(rest, between(random, leastSeconds, mostSeconds)),
    status: chance(random, 0.5) ? "killed" : "passed",
    utilization: Math.min(100, exponential(random, figures.utilization.interactive)),
  };
}

/** Many runs of one thing, submitted by a script, all of about one length. */
function* sweep(person: Person, at: number): Generator<NewJob> {
  const { random } = person;
  const { least, most, gapSeconds, medianSeconds, sigma, spread, failing } = figures.sweep;
  const usual = logNormal(random, medianSeconds * person.pace, sigma);
  const runs = least + random.integer(most - least + 1);
  for (let [left, now] = [runs, at]; left > 0; left -= 1, now += exponential(random, gapSeconds)) {
    const failed = chance(random, failing);
    const durationSeconds = usual * logNormal(random, 1, spread) * (failed ? random.next() : 1);
    yield { ...job(person, now, Math.min(1, person.gpus)), durationSeconds, status: failed ? "failed" : "passed" };
  }
}

/** A large training: whole nodes, all at once, tried until it starts, then for hours to days. */
function* gang(person: Person, at: number, until: number): Generator<NewJob> {
  const { random } = person;
  const gpus = pickWeighted(random, figures.gangGpus);
  for (let now = at; now < until; ) {
    const tried = run(person, now, figures.failing.share);
    const size = { gpus, nodes: gpus / 8, cpus: gpus * 8, memoryGib: gpus * 64, gpuType: "a100|h100" };
    if (tried.status !== "failed") {
      yield { ...tried, ...size, ...longRun(person) };
      return;
    }
    yield { ...tried, ...size };
    if (!chance(random, figures.retry.share)) return;
    now += tried.durationSeconds + logNormal(random, figures.retry.thinkSeconds, figures.retry.thinkSigma);
  }
}

/** A run of the usual kind: fails, passes, or is one of the long ones. */
export function run(person: Person, at: number, failing: number): NewJob {
  const { random, pace } = person;
  const { passing, tail } = figures;
  const base = job(person, at, person.gpus);
  if (chance(random, failing)) return { ...base, durationSeconds: failingSeconds(person), status: "failed" };
  if (chance(random, tail.share)) return { ...base, ...longRun(person) };
  const durationSeconds = logNormal(random, passing.medianSeconds * pace, passing.sigma);
  return { ...base, durationSeconds, status: "passed" };
}

/** A job without its end yet. */
export function job({ name, group, gpuType, random }: Person, at: number, gpus: number): NewJob {
  const [mean, deviation] = figures.utilization.batch;
  return {
    submitSeconds: at,
    durationSeconds: 0,
    gpus,
    cpus: gpus < 1 ? 4 : gpus * 8,
    memoryGib: gpus < 1 ? 16 : gpus * 32,
    user: name,
    group,
    gpuType,
    utilization: Math.min(100, Math.max(0, random.normal(mean, deviation))),
  };
}

function failingSeconds({ random }: Person): number {
  const { earlyShare, earlySeconds, earlySigma, lateSeconds, lateSigma } = figures.failing;
  return chance(random, earlyShare)
    ? logNormal(random, earlySeconds, earlySigma)
    : logNormal(random, lateSeconds, lateSigma);
}

function longRun({ random }: Person): Pick<NewJob, "durationSeconds"> & { readonly status: "killed" | "passed" } {
  const { leastSeconds, alpha, mostSeconds } = figures.tail;
  const durationSeconds = Math.min(mostSeconds, pareto(random, leastSeconds, alpha));
  return { durationSeconds, status: chance(random, figures.killedShare) ? "killed" : "passed" };
}

import { humanDuration } from "../../kernel/text.ts";
import type { Reason } from "../decision.ts";
import type { WaitPolicy, WaitRequest } from "../policy.ts";
import type { PoolCosts, PoolView } from "../pool.ts";
import { KeptWord } from "./kept-word.ts";
import { RunLives } from "./run-lives.ts";

/** Fewer runs than these say nothing. */
const fewestRuns = 5;
/** A job waits only if it has a node no later than by a boot of its own with this probability: p95 is not to grow. */
const leastSure = 0.95;
const steps = 24;
/** Of many running jobs so many stand for all. */
const mostFollowed = 32;

/**
 * Has a job wait where a node that boots for another, or runs, will be free sooner than one of its own pays
 * (`policy.md` 4a): short jobs that come while one boots would else boot a node each. With S(t) the probability that no
 * node is free for it by then, putting its boot off by d costs ρ·∫S over the whole wait, and S(d)·(L + Tw) for the boot,
 * and d is what makes that least. Ski rental's bound, (1 + 1/ρ)(L + Tw), is never reached: d is at most L + Tw, once.
 *
 * S takes runs for independent, which those of a sweep are not: it is corrected by how often waits were in vain, and a
 * pool in which a fiftieth of the jobs waited in vain waits no more. Gangs do not wait, since what they hold would idle.
 */
export function waitOrBoot(): WaitPolicy {
  const lives: RunLives[] = [];
  const word = new KeptWord();
  return {
    name: "wait-or-boot",
    observe: ({ id }, event) => {
      if (event.type === "arrived") word.arrived(id);
      if (event.type !== "ended") return;
      const known = lives[id] ?? new RunLives();
      lives[id] = known;
      known.add(event.job.endSeconds - event.job.startSeconds);
    },
    wait: (pool, request) => {
      if (request.sinceSeconds < pool.nowSeconds) {
        word.wasInVain(pool.id);
        return undefined;
      }
      const known = lives[pool.id];
      if (known === undefined || known.count < fewestRuns || request.lacking > 1 || !word.mayWait(pool.id))
        return undefined;
      const best = bestWait(pool, missingBy(pool.nowSeconds, request, known), word.factor(pool.id));
      if (best.seconds === 0) return undefined;
      word.said(pool.id, best.missing);
      return { untilSeconds: pool.nowSeconds + best.seconds, reason: reasonFor(pool, request, best) };
    },
  };
}

function reasonFor({ costs }: PoolView, request: WaitRequest, { seconds, missing }: Best): Reason {
  const [busy, booting] = [request.runningSinceSeconds.length, request.readySeconds.length];
  return {
    code: "wait-for-node",
    text: () =>
      `p = ${(1 - missing).toFixed(2)} that one of ${busy} busy nodes and ${booting} on their way is free within ${humanDuration(seconds * 1000)}; one of its own takes ${humanDuration(startSeconds(costs) * 1000)}`,
  };
}

const startSeconds = ({ launchSeconds, loadSeconds }: PoolCosts) => launchSeconds + loadSeconds;

interface Best {
  /** 0: not at all. */
  readonly seconds: number;
  /** The probability that it is in vain, before it is corrected. */
  readonly missing: number;
}

function bestWait({ costs }: PoolView, raw: Missing, factor: number): Best {
  const missing = (seconds: number) => Math.min(1, factor * raw(seconds));
  if (1 - missing(startSeconds(costs)) < leastSure) return { seconds: 0, missing: 1 };
  const seconds = cheapest(missing, costs);
  return { seconds, missing: seconds === 0 ? 1 : raw(seconds) };
}

type Missing = (seconds: number) => number;

/** The probability that fewer nodes are free within so many seconds than this job and those before it need. */
function missingBy(now: number, request: WaitRequest, lives: RunLives): Missing {
  const { runningSinceSeconds: running, readySeconds, ahead } = request;
  const stride = Math.ceil(running.length / mostFollowed);
  return (seconds) => {
    let [sure, ends] = [0, 0];
    for (const ready of readySeconds) {
      const left = Math.max(0, ready - now);
      if (seconds < left) continue;
      sure += 1;
      ends += lives.endsAfterStart(seconds - left);
    }
    for (let index = 0; index < running.length; index += stride) {
      const [like, age] = [Math.min(stride, running.length - index), now - (running[index] ?? now)];
      ends += like * lives.endsAtAge(age, seconds);
    }
    return fewerThan(ahead + 1 - sure, ends);
  };
}

/** That a Poisson number of this mean is less than `count`. */
function fewerThan(count: number, mean: number): number {
  if (count <= 0) return 0;
  let term = Math.exp(-mean);
  let sum = term;
  for (let index = 1; index < count; index += 1) {
    term *= mean / index;
    sum += term;
  }
  return Math.min(1, sum);
}

/** How long to put the boot off at least cost: looked for at times that are closer together the sooner they are. */
function cheapest(missing: Missing, costs: PoolCosts): number {
  const bootSeconds = startSeconds(costs);
  const times = Array.from({ length: steps + 1 }, (_, step) => 2 * bootSeconds * (step / steps) ** 3);
  const chances = times.map(missing);
  const waitedBy = (until: number) => {
    let seconds = 0;
    for (let step = 1; step <= steps && (times[step - 1] ?? 0) < until; step += 1) {
      const [from, to] = [times[step - 1] ?? 0, Math.min(until, times[step] ?? 0)];
      seconds += ((to - from) * ((chances[step - 1] ?? 0) + (chances[step] ?? 0))) / 2;
    }
    return seconds;
  };
  let [best, least] = [0, costs.waitingWeight * waitedBy(bootSeconds) + bootSeconds];
  for (const [step, seconds] of times.entries()) {
    if (seconds > bootSeconds) break;
    const cost = costs.waitingWeight * waitedBy(seconds + bootSeconds) + (chances[step] ?? 0) * bootSeconds;
    if (cost < least) [best, least] = [seconds, cost];
  }
  return best;
}

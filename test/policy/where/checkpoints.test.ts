import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../../src/kernel/random.ts";
import { checkpointEvery, expectedRun, type Hazards } from "../../../src/policy/where/checkpoints.ts";

describe("checkpointEvery", () => {
  test.each([
    [10, 3600],
    [60, 36_000],
    [300, 7200],
    [600, 360_000],
  ])("a checkpoint of %i s is within 1 % of the best interval by brute force", (checkpointSeconds, meanSeconds) => {
    const hazards = { perSecond: 1 / meanSeconds, checkpointSeconds, restartSeconds: 300 };
    const cost = (every: number) => Math.expm1((every + checkpointSeconds) / meanSeconds) / every;
    let best = Number.POSITIVE_INFINITY;
    for (let every = 5; every < 20 * meanSeconds; every *= 1.01) best = Math.min(best, cost(every));
    expect(cost(checkpointEvery(checkpointSeconds, meanSeconds)) / best).toBeLessThan(1.01);
    expect(expectedRun(100 * meanSeconds, hazards).everySeconds).toBe(checkpointEvery(checkpointSeconds, meanSeconds));
  });

  test("a checkpoint dearer than two failures waits for one", () => {
    expect(checkpointEvery(10_000, 4000)).toBe(4000);
  });
});

describe("expectedRun", () => {
  test.each<[string, number, Hazards]>([
    ["without checkpoints", 7200, { perSecond: 1 / 7200, restartSeconds: 300 }],
    ["with checkpoints", 36_000, { perSecond: 1 / 7200, restartSeconds: 300, checkpointSeconds: 60 }],
  ])("a run %s takes what it takes played out", (_, work, hazards) => {
    const random = seededRandom(7);
    const runs = Array.from({ length: 20_000 }, () => playedOut(work, hazards, random));
    const mean = (of: (run: Played) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
    const expected = expectedRun(work, hazards);
    expect(mean(({ seconds }) => seconds) / expected.seconds).toBeCloseTo(1, 1);
    expect(mean(({ interruptions }) => interruptions) / expected.interruptions).toBeCloseTo(1, 1);
  });

  test("nothing is added where nothing interrupts", () => {
    expect(expectedRun(1000, { perSecond: 0, restartSeconds: 300, checkpointSeconds: 60 })).toEqual({
      seconds: 1000,
      interruptions: 0,
    });
  });

  test("time without checkpoints grows exponentially with length", () => {
    const hazards = { perSecond: 1 / 36_000, restartSeconds: 300 };
    const stretch = (work: number) => expectedRun(work, hazards).seconds / work;
    expect(stretch(3600)).toBeCloseTo(1.06, 2);
    expect(stretch(360_000)).toBeGreaterThan(2000);
  });

  test("short jobs write no checkpoint", () => {
    expect(expectedRun(60, { perSecond: 1 / 3600, restartSeconds: 300, checkpointSeconds: 30 })).not.toHaveProperty(
      "everySeconds",
    );
  });
});

interface Played {
  readonly seconds: number;
  readonly interruptions: number;
}

/** One run, second by second between failures: stretches that end in a checkpoint are kept. */
function playedOut(work: number, hazards: Hazards, random: Random): Played {
  const every = expectedRun(work, hazards).everySeconds ?? work;
  const checkpoint = every < work ? (hazards.checkpointSeconds ?? 0) : 0;
  let [seconds, interruptions] = [0, 0];
  for (let left = work; left > 1e-6; ) {
    const share = Math.min(1, left / every);
    const stretch = share * (every + checkpoint);
    const failure = -Math.log(1 - random.next()) / hazards.perSecond;
    if (failure < stretch) {
      seconds += failure + hazards.restartSeconds;
      interruptions += 1;
    } else {
      seconds += stretch;
      left -= share * every;
    }
  }
  return { seconds, interruptions };
}

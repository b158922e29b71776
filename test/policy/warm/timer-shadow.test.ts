import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/kernel/random.ts";
import type { PoolEvent, PoolView } from "../../../src/policy/pool.ts";
import { fixedHold } from "../../../src/policy/release/fixed-hold.ts";
import { Overhead } from "../../../src/policy/warm/overhead.ts";
import { TimerShadow } from "../../../src/policy/warm/timer-shadow.ts";
import { simulate } from "../../../src/simulate/simulate.ts";
import { jobsOfUsers } from "./jobs.ts";

const trace = jobsOfUsers(seededRandom(4), 500);

/** A timer, what its nodes idled and booted in GPU-seconds, and what two counters beside it say. */
function run(heldSeconds: number) {
  const [shadow, own] = [new TimerShadow(600), new Overhead()];
  const timer = fixedHold("timer", heldSeconds);
  const release = {
    ...timer,
    hold: (pool: PoolView, index: number) => {
      own.look(pool);
      return timer.hold(pool, index);
    },
    observe: (pool: PoolView, event: PoolEvent) => {
      shadow.observe(pool, event);
      own.observe(pool, event);
    },
  };
  const makePolicy = () => ({ name: "timer", release });
  const world = { trace, region: "us-east-1", launchSeconds: 300, returnSeconds: 0, replay: false };
  const { wasteSeconds } = simulate({ ...world, makePolicy }).result;
  return { wasteSeconds, shadow: shadow.gpuSeconds, own: own.gpuSeconds };
}

describe("TimerShadow", () => {
  const real = run(600).wasteSeconds;

  test.each([0, 60, 600, 7200])("beside a timer of %i s it spends what ten minutes would", (held) => {
    expect(run(held).shadow / real).toBeGreaterThan(0.94);
    expect(run(held).shadow / real).toBeLessThan(1.06);
  });
});

describe("Overhead", () => {
  test.each([0, 600, 7200])("what a timer of %i s spends is counted as it is", (held) => {
    const { own, wasteSeconds } = run(held);
    expect(own / wasteSeconds).toBeGreaterThan(0.95);
    expect(own / wasteSeconds).toBeLessThan(1.05);
  });
});

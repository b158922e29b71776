import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/kernel/random.ts";
import { makePolicy } from "../../../src/policy/policies.ts";
import { auraRelease } from "../../../src/policy/release/aura-release.ts";
import { fixedHold } from "../../../src/policy/release/fixed-hold.ts";
import { fewestColdStarts } from "../../../src/policy/warm/fewest-cold-starts.ts";
import { priced } from "../../../src/policy/warm/priced-pool.ts";
import { simulateAll } from "../../../src/simulate/simulate.ts";
import { jobsOfUsers } from "./jobs.ts";
import { poolView } from "./pool.ts";

describe("fewestColdStarts", () => {
  const world = { trace: jobsOfUsers(seededRandom(8), 3000), region: "us-east-1", launchSeconds: 300, replay: false };
  const interactive = (share: number) => () =>
    fewestColdStarts({ name: "interactive", release: auraRelease() }, { share });
  const { runs } = simulateAll({
    ...world,
    policies: [() => makePolicy("cluster-autoscaler-10m"), interactive(1), interactive(0.5)],
  });
  const [timer, whole, half] = runs.map(({ result }) => result);

  test("it spends what the timer does, or the share that it may", () => {
    if (!timer || !whole || !half) throw new Error("a run is missing");
    expect(whole.wasteSeconds / timer.wasteSeconds).toBeLessThan(1.1);
    expect(half.wasteSeconds / timer.wasteSeconds).toBeLessThan(0.75);
  });

  test("fewer jobs wait for a boot than under the timer", () => {
    if (!timer || !whole) throw new Error("a run is missing");
    expect(whole.coldShare).toBeLessThan(timer.coldShare);
  });

  test("no hold lasts until prices have changed much", () => {
    const policy = fewestColdStarts({ name: "day", release: fixedHold("day", 86_400) });
    const pool = poolView({ nowSeconds: 100, idle: [{ node: 1, idleSinceSeconds: 50, launchedAtSeconds: 0 }] });
    expect(policy.release.hold(pool, 0).untilSeconds).toBe(1900);
  });
});

describe("priced", () => {
  test("a policy hears another worth of waiting and all else as it is", () => {
    const heard: unknown[] = [];
    const release = {
      ...fixedHold("fixed", 10),
      observe: (pool: ReturnType<typeof poolView>) =>
        heard.push(pool.costs.waitingWeight, pool.costs.launchSeconds, pool.nowSeconds, pool.tenant, pool.idle.length),
    };
    const policy = priced({ name: "p", release }, ({ gpus }) => 40 / gpus);
    const pool = poolView({ gpus: 8, nowSeconds: 7 });
    policy.release.observe?.(pool, { type: "refused" });
    expect(heard).toEqual([5, 300, 7, "ann", 0]);
    expect(pool.costs.waitingWeight).toBe(10);
  });
});

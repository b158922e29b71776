import { describe, expect, test } from "vitest";

import type { WaitPolicy, WaitRequest } from "../../../src/policy/policy.ts";
import { waitOrBoot } from "../../../src/policy/where/wait-or-boot.ts";
import { poolJob, poolView, tell, weighing } from "../warm/pool.ts";

const now = 100_000;
const pool = (weight = 1) => poolView({ nowSeconds: now, costs: weighing(weight) });
const request = (changes: Partial<WaitRequest> = {}): WaitRequest => ({
  job: poolJob(now),
  sinceSeconds: now,
  lacking: 1,
  ahead: 0,
  runningSinceSeconds: [],
  readySeconds: [],
  ...changes,
});

/** A policy that saw so many jobs, each as long as `seconds` says. */
function taught(seconds: (index: number) => number, jobs = 200): WaitPolicy {
  const policy = waitOrBoot();
  const told = Array.from({ length: jobs }, (_, index) => {
    const at = index * 400;
    return { at, job: poolJob(at), seconds: seconds(index) };
  });
  tell(policy, poolView(), told);
  return policy;
}

const short = () => taught((index) => 20 + (index % 20));
/** Behind one that boots and will be ready within two minutes, and is another's. */
const behindBoot = request({ ahead: 1, readySeconds: [now + 120] });

describe("waitOrBoot", () => {
  test("short jobs wait for a node that boots for another", () => {
    const wait = short().wait(pool(), behindBoot);
    expect(wait?.untilSeconds).toBeGreaterThan(now + 120);
    expect(wait?.untilSeconds).toBeLessThanOrEqual(now + 300);
    expect(wait?.reason.text()).toMatch(
      /^p = 0\.99 that one of 0 busy nodes and 1 on their way is free within .+; one of its own takes 5 min 00 s$/,
    );
  });

  test("long jobs ahead have it boot", () => {
    const long = taught(() => 5000);
    expect(long.wait(pool(), behindBoot)).toBeUndefined();
    expect(long.wait(pool(), request({ runningSinceSeconds: [now - 10] }))).toBeUndefined();
  });

  test("nothing that runs or boots has it boot", () => {
    expect(short().wait(pool(), request())).toBeUndefined();
  });

  test("what has not been seen is not waited for", () => {
    expect(taught(() => 20, 4).wait(pool(), behindBoot)).toBeUndefined();
  });

  test("a gang boots, since what it holds would idle", () => {
    expect(short().wait(pool(), { ...behindBoot, lacking: 2 })).toBeUndefined();
  });

  test("too many jobs ahead have it boot", () => {
    expect(short().wait(pool(), request({ ahead: 30, readySeconds: [now + 120] }))).toBeUndefined();
  });

  test("dear waiting boots where cheap waiting waits", () => {
    expect(short().wait(pool(1), behindBoot)).toBeDefined();
    expect(short().wait(pool(1000), behindBoot)).toBeUndefined();
  });

  test("who has waited boots, and never waits twice", () => {
    expect(short().wait(pool(), { ...behindBoot, sinceSeconds: now - 200 })).toBeUndefined();
  });

  test("a pool in which waits are in vain waits no more", () => {
    const policy = short();
    let waits = 0;
    for (let job = 0; job < 20; job += 1) {
      if (policy.wait(pool(), behindBoot) === undefined) break;
      waits += 1;
      policy.wait(pool(), { ...behindBoot, sinceSeconds: now - 200 });
    }
    expect(waits).toBeGreaterThan(0);
    expect(waits).toBeLessThanOrEqual(0.02 * 200 + 1);
  });
});

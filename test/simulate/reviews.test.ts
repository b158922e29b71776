import { describe, expect, it } from "vitest";

import { seededRandom } from "../../src/kernel/random.ts";
import { makePolicy } from "../../src/policy/policies.ts";
import type { WarmPolicy } from "../../src/policy/policy.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { jobsOfUsers } from "../policy/warm/jobs.ts";
import { type TestJob, traceOf } from "./traces.ts";

const day = 86_400;

/** Users who come in sessions, and one who submits the same each morning. */
function jobs(seed: number): Trace {
  const sessions = jobsOfUsers(seededRandom(seed), 300);
  const rows = Array.from(
    { length: 300 },
    (_, row): TestJob => ({
      submit: sessions.jobs.submitSeconds[row] ?? 0,
      duration: sessions.jobs.durationSeconds[row] ?? 0,
      user: `u${sessions.jobs.user[row]}`,
    }),
  );
  const mornings = Array.from({ length: 12 }, (_, index) => ({ submit: index * day + 9 * 3600, duration: 600 }));
  return traceOf([...rows, ...mornings].sort((a, b) => a.submit - b.submit));
}

/** Aura, with its warm policy changed, on these jobs; and how often it was asked. */
function run(trace: Trace, change: (warm: WarmPolicy) => WarmPolicy) {
  let asked = 0;
  const makeChanged = () => {
    const policy = makePolicy("aura", { waitingWeight: 20, dailyWarmUsd: 100 });
    const warm = change(policy.warm as WarmPolicy);
    const counted = (pool: Parameters<WarmPolicy["warm"]>[0]) => {
      asked += 1;
      return warm.warm(pool);
    };
    return { ...policy, warm: { ...warm, warm: counted } };
  };
  const { result } = simulate({ trace, region: "us-east-1", makePolicy: makeChanged, replay: false });
  return { result, asked };
}

describe("reviews", () => {
  it.each([1, 2])("skipped in quiet times change nothing (seed %i)", (seed) => {
    const trace = jobs(seed);
    const skipped = run(trace, (warm) => warm);
    const all = run(trace, ({ quietUntilSeconds: _, ...warm }) => warm);
    expect(skipped.result).toEqual(all.result);
    expect(all.asked).toBeGreaterThan(1.3 * skipped.asked);
  });

  it("are not skipped where nothing is promised", () => {
    const trace = traceOf([
      { submit: 0, duration: 60 },
      { submit: 12_000, duration: 60 },
    ]);
    const { asked } = run(trace, () => ({ name: "none", reviewSeconds: 120, warm: () => undefined }));
    expect(asked).toBe(99);
  });
});

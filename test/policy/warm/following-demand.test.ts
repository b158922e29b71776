import { describe, expect, test } from "vitest";

import { followingDemand } from "../../../src/policy/warm/following-demand.ts";
import { poolJob, poolView } from "./pool.ts";

/** A launch takes 300 s; nodes that are launched then are looked at for 600 s. */
const following = () => followingDemand(() => 600);

describe("followingDemand", () => {
  /** How many cases there were, and in how many demand did not grow, after arrivals and an end (of the first job) at these times. */
  const grew = (arrivals: readonly number[], end = 5000) => {
    const demand = following();
    const events = [...arrivals.map((at) => [at, "arrived"] as const), [end, "ended"] as const];
    for (const [at, type] of events.sort(([a], [b]) => a - b)) demand[type](poolView({ nowSeconds: at }), poolJob(at));
    const later = poolView({ nowSeconds: 9000 });
    demand.arrived(later, poolJob(9000));
    const counts = demand.save().all;
    return { cases: counts.reduce((sum, each) => sum + each, 0), unmoved: (counts[0] ?? 0) + (counts[33] ?? 0) };
  };

  test.each([
    ["nothing more came", [0], 5000, { cases: 1, unmoved: 1 }],
    ["another came while a node would have been ready", [0, 400], 5000, { cases: 2, unmoved: 1 }],
    ["another came before it would have been", [0, 20], 5000, { cases: 1, unmoved: 1 }],
    ["another came after it would have gone", [0, 1000], 5000, { cases: 2, unmoved: 2 }],
    ["another came in place of the first", [0, 400], 350, { cases: 2, unmoved: 2 }],
  ])("tells whether demand grew: %s", (_, arrivals, end, expected) => {
    expect(grew(arrivals, end)).toEqual(expected);
  });

  test("a stream of arrivals is many cases, a gang one", () => {
    const seen = (apart: number, jobs: number) => {
      const demand = following();
      for (let index = 0; index < jobs; index += 1) {
        const at = index * apart;
        demand.arrived(poolView({ nowSeconds: at }), poolJob(at));
        demand.ended(poolView({ nowSeconds: at + 1 }), poolJob(at));
      }
      const later = poolView({ nowSeconds: 1e5 });
      demand.arrived(later, poolJob(1e5));
      let all = 0;
      for (let kind = 0; kind < 7; kind += 1)
        all += demand
          .save()
          .all.slice(33 * kind, 33 * (kind + 1))
          .reduce((a, b) => a + b, 0);
      return all;
    };
    expect(seen(2, 8)).toBe(1);
    expect(seen(10, 360)).toBe(120);
  });
});

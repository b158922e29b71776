import { describe, expect, test } from "vitest";

import { followingDemand } from "../../../src/policy/warm/following-demand.ts";
import { poolJob, poolView } from "./pool.ts";

/** A launch takes 300 s; nodes that are launched then are looked at for 600 s. */
const following = () => followingDemand(() => 600);

describe("followingDemand", () => {
  test("counts demand that rose before a launch would be ready", () => {
    const demand = following();
    for (const at of [0, 100]) demand.arrived(poolView({ nowSeconds: at }), poolJob(at));
    // nothing happens while a node launched at 0 would have been looked at: both jobs ran all the time
    demand.ended(poolView({ nowSeconds: 5000 }), poolJob(0));
    demand.ended(poolView({ nowSeconds: 5000 }), poolJob(100));
    const later = poolView({ nowSeconds: 9000 });
    demand.arrived(later, poolJob(9000));
    expect(demand.expected(later, 120)).toMatchObject({ seen: 1, grew: 1 });
  });

  test("what is over before a launch would be ready does not count", () => {
    const demand = following();
    for (const at of [0, 100]) demand.arrived(poolView({ nowSeconds: at }), poolJob(at));
    demand.ended(poolView({ nowSeconds: 200 }), poolJob(100));
    const later = poolView({ nowSeconds: 9000 });
    demand.arrived(later, poolJob(9000));
    expect(demand.expected(later, 120)).toMatchObject({ seen: 1, grew: 0 });
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

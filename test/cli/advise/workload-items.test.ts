import { describe, expect, test } from "vitest";

import { workloadItems } from "../../../src/cli/advise/workload-items.ts";
import { type Stretch, series } from "../../policy/waste/series.ts";

const working: Stretch = { minutes: 20 * 60, engine: 0.35, sm: 0.15, dram: 0.5, memory: 0.2 };
const dead: Stretch = { minutes: 20 * 60, engine: 0, sm: 0, memory: 0.2 };

describe("workloadItems", () => {
  test("no hour is wasted twice: dead ones save nothing by size", () => {
    const alone = workloadItems(series([working], { kind: "serving" }));
    const both = workloadItems(series([working, dead], { kind: "serving" }));
    const hoursOf = (items: typeof both, cause: string) => items.find((item) => item.cause === cause)?.gpuHours ?? 0;
    expect(both.map(({ cause }) => cause).sort()).toEqual(["dead", "smaller-would-do"]);
    expect(hoursOf(both, "dead")).toBeCloseTo(20, 0);
    expect(hoursOf(both, "smaller-would-do")).toBeCloseTo(hoursOf(alone, "smaller-would-do"), 1);
    const total = both.reduce((sum, { gpuHours }) => sum + gpuHours, 0);
    expect(total).toBeLessThanOrEqual(40);
    expect(both.reduce((sum, { usd }) => sum + (usd ?? 0), 0)).toBeCloseTo(total, 9);
  });

  test("healthy work is not advised on", () => {
    expect(workloadItems(series([{ minutes: 1500, engine: 0.95, sm: 0.85, dram: 0.6, memory: 0.8 }]))).toEqual([]);
  });
});

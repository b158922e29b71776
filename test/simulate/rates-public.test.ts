import { describe, expect, test } from "vitest";
import { serve } from "../../src/simulate/rates.ts";
import { servePolicies } from "../../src/simulate/rates-policies.ts";
import type { MakeServePolicy, ServeResult } from "../../src/simulate/rates-types.ts";
import { readTraceFile } from "../../src/trace/read/read-trace.ts";
import { sharedTrace } from "../trace/shared-traces.ts";

const path = sharedTrace("servegen_rates.csv.gz");

/** Request rates of five models, one ten-minute bin ahead, scaled to a mean of twenty whole nodes each. */
describe.skipIf(path === undefined)("on ServeGen's request rates", async () => {
  const read = path === undefined ? undefined : await readTraceFile(path);
  const trace = read?.kind === "rates" ? read.trace : undefined;
  const results = (name: string) => (trace ? serve(trace, { policy: servePolicies[name] as MakeServePolicy }) : []);
  const pooled = (name: string) => results(name).at(-1) as ServeResult;

  test.each(["mixture@93", "budget-1.0%"])("%s leaves a percent unserved for a quarter more", (name) => {
    const { unservedShare, overProvision } = pooled(name);
    expect(unservedShare).toBeLessThanOrEqual(0.01);
    expect(overProvision).toBeLessThanOrEqual(0.25);
  });

  test("bounds of 95 % cover 94 to 96 % of all bins, and of each series long enough to tell", () => {
    const told = results("mixture@95").filter(({ bins, series }) => bins > 500 || series === "pooled");
    expect(told.map(({ coverage95 = 0 }) => Math.abs(coverage95 - 0.95) <= 0.01)).toEqual(told.map(() => true));
    expect(told).toHaveLength(4);
  });

  test.each(["reactive+30%", "last-value@95", "holt@95", "seasonal@95", "always-peak"])(
    "costs less than %s",
    (name) => {
      const cost = ({ unservedShare, overProvision }: ServeResult) => 0.95 * unservedShare + 0.05 * overProvision;
      expect(cost(pooled("mixture@95"))).toBeLessThan(cost(pooled(name)));
    },
  );
});

import { expect, test } from "vitest";

import type { Advice } from "../../src/cli/advise/advice.ts";
import { project, timerJob } from "./harness.ts";

test("advises on a run that was just rehearsed", async () => {
  const made = await project({ jobs: timerJob("train", { gpus: 1, duration: "2m" }) });
  const cycle = await made.aura("cycle", "--yes", "--report", "out", "-o", "json");
  expect(cycle.code).toBe(0);

  const { code, stdout, stderr } = await made.aura("advise", "out");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("note     a rehearsal: nodes, prices and devices were simulated");

  const advice = (await made.aura("advise", "out", "-o", "json")).json<Advice>();
  expect(advice.looked[1]).toBe("what GPUs did was measured of 0 of 1 pod with GPUs");
  expect(advice.items.every(({ usd }) => usd !== null && usd <= (advice.held.usd ?? 0))).toBe(true);
  expect(advice.items.map(({ cause }) => cause)).toContain("held-after-last");
});

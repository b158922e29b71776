import { expect, test } from "vitest";

import { warmAccount } from "../../../src/policy/warm/warm-account.ts";
import { poolJob, poolView as viewOf, weighing } from "./pool.ts";

const poolView = (changes: Parameters<typeof viewOf>[0] = {}) => viewOf({ costs: weighing(1), ...changes });

const launched = { type: "launched", seconds: 300 } as const;
const warmed = { type: "warmed", nodes: 1, untilSeconds: 900 } as const;

test("a warm node that nobody takes ends warming", () => {
  const account = warmAccount({ dailyUsd: 100 });
  account.observe(poolView(), warmed);
  expect(account.pays(poolView())).toBe(true);
  account.observe(poolView({ nowSeconds: 900 }), launched);
  expect(account.pays(poolView({ nowSeconds: 900 }))).toBe(false);
});

test("cold starts earn the next try", () => {
  const account = warmAccount({ dailyUsd: 100 });
  account.observe(poolView(), warmed);
  const later = poolView({ nowSeconds: 900 });
  // the node cost 900 s; a cold start costs 600 s, of which a hundredth may be lost
  for (let starts = 1; starts < 150; starts += 1) account.observe(later, launched);
  expect(account.pays(later)).toBe(false);
  account.observe(later, launched);
  expect(account.pays(later)).toBe(true);
});

test.each([
  ["a job that comes as the node is ready", 300, [], true],
  ["a job that comes long after it", 880, [], false],
  ["a job that had another node", 300, [{ node: 1, idleSinceSeconds: 0, launchedAtSeconds: 0 }], false],
])("%s decides whether it paid", (_, at, idle, pays) => {
  const account = warmAccount({ dailyUsd: 100 });
  account.observe(poolView(), warmed);
  const then = poolView({ nowSeconds: at, idle });
  account.observe(then, { type: "started", job: poolJob(at) });
  account.observe(poolView({ nowSeconds: 1000 }), { type: "warmed", nodes: 1, untilSeconds: 1300 });
  account.observe(poolView({ nowSeconds: 1300 }), { type: "refused" });
  account.observe(poolView({ nowSeconds: 1300 }), launched);
  // each way the second node is lost: 300 s; only the first one's gain of up to 300 s makes up for it
  expect(account.pays(poolView({ nowSeconds: 1300 }))).toBe(pays);
});

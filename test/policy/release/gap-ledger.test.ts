import { describe, expect, test } from "vitest";

import { bucketCount, bucketOf, edges } from "../../../src/policy/release/gap-grid.ts";
import { GapLedger } from "../../../src/policy/release/gap-ledger.ts";
import { poolJob, poolView } from "./one-level.ts";

/** A ledger that writes down what it tells. */
function recorded(gpus = 1) {
  const told: { readonly outlived: number[]; readonly ended: [seconds: number, bucket: number][] } = {
    outlived: [],
    ended: [],
  };
  const pool = poolView({ gpus });
  const ledger = new GapLedger<string>({
    begun: (view) => `began at ${view.nowSeconds}`,
    outlived: (_, bucket) => told.outlived.push(bucket),
    ended: (_, seconds, bucket) => told.ended.push([seconds, bucket]),
  });
  const at = (nowSeconds: number, type: "arrived" | "ended", over = {}) => {
    pool.nowSeconds = nowSeconds;
    ledger.observe(pool, { type, job: poolJob({ endSeconds: nowSeconds, ...over }) });
  };
  return { ledger, pool, told, at };
}

const contexts = (ledger: GapLedger<string>) => ledger.vacancies.map(({ context }) => context);

describe("gaps of levels", () => {
  test("last in is first out", () => {
    const { ledger, told, at } = recorded();
    at(0, "arrived");
    at(0, "arrived");
    at(100, "ended");
    at(150, "ended");
    at(160, "arrived");
    expect(told.ended).toEqual([[10, bucketOf(10)]]);
    expect(contexts(ledger)).toEqual(["began at 100"]);
    at(300, "arrived");
    expect(told.ended[1]).toEqual([200, bucketOf(200)]);
  });

  test("first uses of a level end no gap", () => {
    const { told, at } = recorded();
    at(0, "arrived", { nodes: 4 });
    at(10, "ended", { nodes: 4 });
    at(20, "arrived", { nodes: 6 });
    expect(told.ended).toHaveLength(4);
  });

  test("nodes of one job count as one", () => {
    const { ledger, at } = recorded();
    at(0, "arrived", { nodes: 4 });
    at(0, "arrived");
    at(10, "ended", { nodes: 4 });
    at(10, "ended");
    expect(ledger.vacancies.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.25, 0.25, 1]);
  });

  test("open gaps tell what they have outlived", () => {
    const { ledger, told, at } = recorded();
    at(0, "arrived");
    at(50, "ended");
    ledger.advance(50 + 61);
    expect(told.outlived).toEqual(edges.slice(1).flatMap((edge, k) => (edge < 61 ? [k] : [])));
    ledger.advance(50 + 1e6);
    expect(told.outlived).toEqual(Array.from({ length: bucketCount }, (_, k) => k));
    at(2e6, "arrived");
    expect(told.outlived).toHaveLength(bucketCount);
    expect(told.ended).toEqual([[2e6 - 50, bucketCount]]);
  });

  test("shares of a node add up to levels", () => {
    const { ledger, at } = recorded();
    for (const gpus of [0.5, 0.3, 0.4]) at(0, "arrived", { gpus });
    at(10, "ended", { gpus: 0.3 });
    expect(contexts(ledger)).toEqual(["began at 10"]);
    at(20, "ended", { gpus: 0.4 });
    expect(ledger.vacancies).toHaveLength(1);
    at(30, "ended", { gpus: 0.5 });
    expect(contexts(ledger)).toEqual(["began at 10", "began at 30"]);
  });

  test("the last idle node fills the newest gap", () => {
    const { ledger, pool, at } = recorded();
    at(0, "arrived", { nodes: 3 });
    for (const end of [10, 20, 30]) at(end, "ended");
    pool.idle.push({ node: 1, idleSinceSeconds: 10, launchedAtSeconds: 0 });
    expect(ledger.vacancyOf(pool, 0)?.context).toBe("began at 30");
    pool.idle.push({ node: 2, idleSinceSeconds: 20, launchedAtSeconds: 0 });
    expect(ledger.vacancyOf(pool, 0)?.context).toBe("began at 20");
  });

  test("ends that nobody saw begin are nothing", () => {
    const { ledger, told, at } = recorded();
    at(5, "ended");
    at(6, "ended");
    expect(ledger.vacancies).toHaveLength(0);
    expect(told.ended).toHaveLength(0);
  });
});

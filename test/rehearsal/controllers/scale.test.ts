import { expect, it } from "vitest";

import { offered, type } from "../../planner/catalog.ts";
import { job, minute, nodePool, second, startCluster } from "./cluster.ts";

it("runs 1,000 jobs on at most 200 nodes", async () => {
  const started = performance.now();
  const cluster = startCluster({
    offerings: offered(type("m7i.xlarge", 4, 16), 0.2),
    pools: [nodePool("cpu", { limits: { nodes: "200" } })],
    run: (_, start) => ({ ms: (60 + (start % 120)) * second, exitCode: 0 }),
  });
  for (let index = 0; index < 1000; index += 1) cluster.core.create(job(`j${index}`, { cpu: "1" }));
  let most = 0;
  for (let step = 0; step < 80; step += 1) {
    await cluster.advance(10 * second);
    most = Math.max(most, cluster.claims().length);
  }
  const done = Array.from({ length: 1000 }, (_, index) => cluster.job(`j${index}`).status?.succeeded ?? 0);
  const elapsedMs = performance.now() - started;
  console.log(`1,000 jobs on ${most} nodes: ${Math.round(elapsedMs)} ms`);
  cluster.stop();
  expect(cluster.errors).toEqual([]);
  expect(done.reduce((sum, one) => sum + one, 0)).toBe(1000);
  expect(most).toBeLessThanOrEqual(200);
  expect(most).toBeGreaterThan(100);
  await cluster.advance(minute);
}, 60_000);

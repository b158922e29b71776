import { expect, test } from "vitest";

import type { ObjectApi } from "../../src/cluster/api.ts";
import { guardCluster } from "../../src/lifecycle/guard-cluster.ts";

function session(name: string, silentMs: number, answers = false) {
  const api = answers ? ({} as ObjectApi) : undefined;
  return { time: async () => 0, silentMs: () => silentMs, api: async () => api, options: { target: { name } } };
}

test.each([
  ["rehearsal", 3_000, "its server died"],
  ["aws", 120_000, "its jobs go on without this command"],
  ["kubernetes", 120_000, "its jobs go on without this command"],
])("a %s that is silent for %i ms is given up", async (name, silentMs, why) => {
  await expect(guardCluster(session(name, silentMs))).rejects.toMatchObject({
    code: "CLUSTER_UNREACHABLE",
    details: { why: expect.stringContaining(why) },
  });
});

test.each([
  ["rehearsal", 1_900, false],
  ["rehearsal", 29_000, true],
  ["aws", 119_000, false],
  ["kubernetes", 119_000, false],
])("a %s that is silent for %i ms may come back", async (name, silentMs, answers) => {
  await expect(guardCluster(session(name, silentMs, answers))).resolves.toBeUndefined();
});

import fc from "fast-check";
import { expect, it } from "vitest";

import { GpuShares, type ShareNode, type SharePod } from "../../src/planner/gpu-shares.ts";
import { typicalPods } from "../../src/planner/typical-pods.ts";

const share = (gpuMillis: number, more: Partial<SharePod> = {}): SharePod => ({
  cpuMillis: 1000,
  memoryMib: 1024,
  gpuMillis,
  models: [],
  ...more,
});
const host = (gpuMillis: readonly number[], more: Partial<ShareNode> = {}): ShareNode => ({
  model: "T4",
  cpuMillis: 64_000,
  memoryMib: 65_536,
  gpuMillis,
  ...more,
});

/** Half of the pods that come want a whole GPU, half of one the others. */
const typical = typicalPods([share(1000), share(500)], 1);

it.each<[string, ShareNode[], SharePod, number | undefined]>([
  ["fills a started GPU first", [host([1000]), host([500])], share(500), 1],
  ["keeps whole GPUs for whole pods", [host([1000, 1000]), host([1000, 600])], share(300), 1],
  ["needs idle GPUs for whole ones", [host([900, 900])], share(1000), undefined],
  [
    "needs the model that is asked for",
    [host([1000]), host([1000], { model: "A10" })],
    share(500, { models: ["A10"] }),
    1,
  ],
  ["needs CPU beside the GPU", [host([1000], { cpuMillis: 500 })], share(500), undefined],
  [
    "keeps pods without GPUs off GPU nodes' CPUs",
    [host([1000], { cpuMillis: 1500 }), host([], { model: "" })],
    share(0),
    1,
  ],
])("%s", (_, nodes, pod, expected) => {
  expect(new GpuShares(nodes, typical).place(pod)).toBe(expected);
});

it("counts what typical pods cannot use", () => {
  expect(new GpuShares([host([1000, 400])], typical).fragments()).toBeCloseTo(400);
  expect(new GpuShares([host([1000, 600])], typical).fragments()).toBeCloseTo(300);
});

it("takes the commonest pods as typical", () => {
  const pods = [share(500), share(500), share(500), share(1000)];
  expect(typicalPods(pods, 0.7).map(({ gpuMillis, popularity }) => [gpuMillis, popularity])).toEqual([[500, 1]]);
});

it("never gives more of a GPU than there is", () => {
  const pods = fc.array(fc.constantFrom(100, 300, 500, 700, 1000, 2000).map((gpuMillis) => share(gpuMillis)));
  fc.assert(
    fc.property(pods, (list) => {
      const shares = new GpuShares([host([1000, 1000]), host([1000])], typical);
      const placed = list.filter((pod) => shares.place(pod) !== undefined);
      const taken = placed.reduce((sum, { gpuMillis }) => sum + gpuMillis, 0);
      expect(shares.free()).toBe(3000 - taken);
    }),
    { seed: 8 },
  );
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { conditionOf, keyOf, type Node, type Pod } from "../../../src/cluster/objects.ts";
import { firstLacking } from "../../../src/planner/resources.ts";
import { requestsOn, resourcesOf } from "../../../src/rehearsal/controllers/convert.ts";
import { type Cluster, gpuNodePool, job, nodePool, second, startCluster } from "./cluster.ts";

const anyJob = fc.record({
  cpu: fc.constantFrom("500m", "1", "3", "12", "200"),
  gpus: fc.constantFrom(0, 0, 1, 4, 16),
  completions: fc.integer({ min: 1, max: 4 }),
  parallelism: fc.integer({ min: 1, max: 4 }),
  atSeconds: fc.integer({ min: 0, max: 200 }),
});
const anyRun = fc.record({
  jobs: fc.array(anyJob, { minLength: 1, maxLength: 8 }),
  seed: fc.integer({ min: 0, max: 1000 }),
  failEvery: fc.integer({ min: 2, max: 9 }),
  interruptAtSeconds: fc.array(fc.integer({ min: 70, max: 400 }), { maxLength: 3 }),
  hasSpot: fc.boolean(),
});

const gpuLimit = 8;
const cpuLimit = 40;

function start({ seed, failEvery, hasSpot }: { seed: number; failEvery: number; hasSpot: boolean }): Cluster {
  return startCluster({
    seed,
    pools: [
      nodePool("cpu", { limits: { cpu: String(cpuLimit) } }),
      gpuNodePool({ limits: { "nvidia.com/gpu": String(gpuLimit) } }),
    ],
    shortages: hasSpot ? [] : [{ capacityType: "spot", instanceType: "*", zone: "us-east-1a" }],
    run: (_, index) => ({ ms: (5 + ((index * 37) % 90)) * second, exitCode: index % failEvery === 0 ? 1 : 0 }),
  });
}

/** Checks after every change of a pod or node that no node is given away twice. */
function watchNodes(at: Cluster): string[] {
  const overcommitted: string[] = [];
  at.core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ object }) => {
    const name = object.spec?.nodeName;
    const node = name ? at.core.find<Node>({ apiVersion: "v1", kind: "Node", metadata: { name } }) : undefined;
    if (node === undefined) return;
    const used = requestsOn(at.pods().filter(({ spec }) => spec?.nodeName === name));
    const lacking = firstLacking(used, resourcesOf(node.status?.allocatable as Record<string, string>));
    if (lacking !== undefined) overcommitted.push(`${name}: ${lacking}`);
  });
  return overcommitted;
}

it("conserves nodes, limits, completions and reasons", async () => {
  await fc.assert(
    fc.asyncProperty(anyRun, async (run) => {
      const at = start(run);
      const overcommitted = watchNodes(at);
      const givenUp = watchDeletions(at);
      run.jobs.forEach(({ cpu, gpus, completions, parallelism, atSeconds }, index) => {
        at.clock.schedule(atSeconds * second, () =>
          at.core.create(job(`j${index}`, { cpu, gpus, spec: { completions, parallelism } })),
        );
      });
      for (const atSeconds of run.interruptAtSeconds) {
        at.clock.schedule(atSeconds * second, () => at.fleet.interrupt(at.nodes()[0]?.metadata.name ?? ""));
      }
      const sums = { cpu: 0, gpus: 0 };
      for (let step = 0; step < 120; step += 1) {
        await at.advance(10 * second);
        const types = at.fleet.instances().map(({ offering }) => offering.instanceType);
        const cpus = types.filter(({ gpu }) => gpu === undefined).reduce((sum, { vcpu }) => sum + vcpu, 0);
        sums.cpu = Math.max(sums.cpu, cpus);
        sums.gpus = Math.max(
          sums.gpus,
          types.reduce((sum, { gpu }) => sum + (gpu?.count ?? 0), 0),
        );
      }
      expect(overcommitted).toEqual([]);
      expect(sums.cpu).toBeLessThanOrEqual(cpuLimit);
      expect(sums.gpus).toBeLessThanOrEqual(gpuLimit);
      checkCounts(at, run.jobs.length, givenUp);
      checkWaiting(at);
      at.stop();
      expect(at.errors).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 60_000);

/** Pods that were being deleted before they had ended: a Job counts them as failed at once, whatever they exit with. */
function watchDeletions(at: Cluster): ReadonlySet<string> {
  const uids = new Set<string>();
  at.core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ object: { metadata, status } }) => {
    if (metadata.deletionTimestamp !== undefined && status?.phase !== "Succeeded") uids.add(metadata.uid ?? "");
  });
  return uids;
}

/** Each success counted once: as many as there were pods that succeeded. */
function checkCounts(at: Cluster, jobs: number, givenUp: ReadonlySet<string>): void {
  for (let index = 0; index < jobs; index += 1) {
    const { status, spec } = at.job(`j${index}`);
    const own = at.history().filter(({ metadata }) => metadata.labels?.["job-name"] === `j${index}`);
    const successes = own.filter((pod) => pod.status?.phase === "Succeeded");
    const inTime = successes.filter(({ metadata }) => !givenUp.has(metadata.uid ?? ""));
    expect(status?.succeeded).toBeGreaterThanOrEqual(inTime.length);
    expect(status?.succeeded).toBeLessThanOrEqual(successes.length);
    expect(status?.succeeded).toBeLessThanOrEqual(spec?.completions ?? 0);
    expect((status?.succeeded ?? 0) + (status?.failed ?? 0) + (status?.active ?? 0) + (status?.terminating ?? 0)).toBe(
      own.length,
    );
  }
}

/** A pod without a node has been told why. */
function checkWaiting(at: Cluster): void {
  for (const pod of at.pods().filter(({ spec }) => !spec?.nodeName)) {
    expect([keyOf(pod), conditionOf(pod, "PodScheduled")?.message ?? ""]).toEqual([
      keyOf(pod),
      expect.stringMatching(/nodes are available|no nodes/),
    ]);
  }
}

it("is the same run for the same seed", async () => {
  const histories = [];
  for (let run = 0; run < 2; run += 1) {
    const at = start({ seed: 7, failEvery: 4, hasSpot: true });
    for (let index = 0; index < 5; index += 1) at.core.create(job(`j${index}`, { gpus: index % 2 }));
    await at.advance(300 * second);
    at.stop();
    histories.push(JSON.stringify([at.history(), at.claims(), at.nodes()]));
  }
  expect(histories[0]).toBe(histories[1]);
});

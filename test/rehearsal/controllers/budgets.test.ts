import { afterEach, describe, expect, it } from "vitest";

import type { Node, PodDisruptionBudget } from "../../../src/cluster/objects.ts";
import { conditionOf } from "../../../src/cluster/objects.ts";
import { timestamp } from "../../../src/kernel/clock.ts";
import { evict } from "../../../src/rehearsal/core/evict.ts";
import { kindRef } from "../../../src/rehearsal/core/refs.ts";
import { type Cluster, job, minute, nodePool, refTo, second, startCluster } from "./cluster.ts";

const budgetKind = kindRef("PodDisruptionBudget");
const deploymentKind = kindRef("Deployment");

let cluster: Cluster | undefined;
const start = () => {
  cluster = startCluster({ run: () => ({ ms: 60 * minute, exitCode: 0 }) });
  return cluster;
};

afterEach(() => {
  cluster?.stop();
  expect(cluster?.errors).toEqual([]);
});

const metadata = { name: "web", namespace: "default" };
const selector = { matchLabels: { app: "web" } };
const budget = (spec: object) => ({ ...budgetKind, metadata, spec: { selector, ...spec } }) as PodDisruptionBudget;
const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "a" },
  status: { allocatable: { cpu: "32", memory: "64Gi", pods: "100" }, conditions: [{ type: "Ready", status: "True" }] },
} as Node;
const web = (replicas: number) =>
  ({
    ...deploymentKind,
    metadata,
    spec: {
      replicas,
      selector,
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "1" } } }] },
      },
    },
  }) as never;
const read = (at: Cluster) => at.core.read<PodDisruptionBudget>({ ...budgetKind, metadata });

describe("a PodDisruptionBudget", () => {
  it.each([
    [{ minAvailable: 2 }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ minAvailable: "50%" }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ maxUnavailable: 1 }, { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ maxUnavailable: "50%" }, { expectedPods: 3, desiredHealthy: 1, disruptionsAllowed: 2 }],
  ])("counts with %j", async (spec, expected) => {
    const at = start();
    at.core.create(node);
    at.core.create(web(3));
    at.core.create(budget(spec));
    await at.advance(second);
    expect(read(at).status).toMatchObject({ ...expected, currentHealthy: 3, observedGeneration: 1 });
    expect(conditionOf(read(at), "DisruptionAllowed")).toMatchObject({ status: "True", reason: "SufficientPods" });
  });

  it("refuses what it does not allow", async () => {
    const at = start();
    at.core.create(node);
    at.core.create(web(2));
    at.core.create(budget({ minAvailable: 1 }));
    await at.advance(second);
    const [first, next] = at.pods();
    if (first === undefined || next === undefined) throw new Error("no pods");
    evict(at.core, at.clock, refTo(first));
    expect(() => evict(at.core, at.clock, refTo(next))).toThrow("Cannot evict pod as it would violate");
    await at.advance(10 * second);
    expect(read(at).status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect(read(at).status?.disruptedPods ?? {}).toEqual({});
  });

  it("counts a granted eviction for two minutes", async () => {
    const at = start();
    at.core.create(node);
    at.core.create(web(2));
    at.core.create(budget({ minAvailable: 1 }));
    await at.advance(second);
    const disruptedPods = { [at.pods()[0]?.metadata.name ?? ""]: timestamp(at.clock.now()) };
    at.core.patch({ ...budgetKind, metadata }, { status: { disruptedPods } }, { subresource: "status" });
    await at.advance(minute);
    expect(read(at).status).toMatchObject({ currentHealthy: 1, disruptedPods });
    await at.advance(minute + second);
    expect(read(at).status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
  });

  it("says that pods of a Job have no scale", async () => {
    const at = start();
    at.core.create(budget({ maxUnavailable: 1, selector: { matchLabels: { "job-name": "j" } } }));
    at.core.create(job("j"));
    await at.advance(second);
    expect(conditionOf(read(at), "DisruptionAllowed")).toMatchObject({ status: "False", reason: "SyncFailed" });
    expect(at.events("CalculateExpectedPodCountFailed")[0]).toContain(
      "jobs.batch does not implement the scale subresource",
    );
  });

  it("holds a node's end until its grace period", async () => {
    const at = start();
    at.core.create(web(1));
    at.core.create(budget({ minAvailable: 1 }));
    await at.advance(2 * minute);
    const [claim] = at.claims();
    if (claim === undefined) throw new Error("no claim");
    expect(read(at).status?.currentHealthy).toBe(1);
    at.core.delete(refTo(claim));
    await at.advance(4 * minute);
    expect(at.pods().map(({ status, metadata: { deletionTimestamp } }) => [status?.phase, deletionTimestamp])).toEqual([
      ["Running", undefined],
    ]);
    await at.advance(2 * minute);
    expect(at.claims().map(({ metadata: { name } }) => name)).not.toContain(claim.metadata.name);
  });

  it("keeps Karpenter from moving its pods", async () => {
    const disruption = {
      consolidationPolicy: "WhenEmptyOrUnderutilized" as const,
      consolidateAfter: "30s",
      budgets: [{ nodes: "100%" }],
    };
    cluster = startCluster({
      pools: [nodePool("cpu", { disruption })],
      run: (pod) => ({ ms: pod.metadata.labels?.["app"] === "web" ? 60 * minute : minute, exitCode: 0 }),
    });
    const at = cluster;
    at.core.create(job("large", { cpu: "12", nodeSelector: { "karpenter.sh/capacity-type": "on-demand" } }));
    await at.advance(80 * second);
    at.core.create(web(1));
    at.core.create(budget({ minAvailable: 1 }));
    await at.advance(8 * minute);
    expect([at.pods().filter(({ metadata: { labels } }) => labels?.["app"]).length, at.events("Evicted")]).toEqual([
      1,
      [],
    ]);
    at.core.delete({ ...budgetKind, metadata });
    await at.advance(4 * minute);
    expect(at.events("Evicted").length).toBe(1);
  });
});

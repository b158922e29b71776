import { afterEach, describe, expect, it } from "vitest";

import type { Condition, Deployment, ReplicaSet } from "../../../src/cluster/objects.ts";
import { kindRef } from "../../../src/rehearsal/core/refs.ts";
import { type Cluster, type ClusterOptions, minute, refTo, second, startCluster } from "./cluster.ts";

const deploymentKind = kindRef("Deployment");
const replicaSetKind = kindRef("ReplicaSet");

let cluster: Cluster | undefined;
/** A cluster with nodes that are there at once. */
const start = (options: ClusterOptions = {}) => {
  cluster = startCluster({ run: () => ({ ms: 60 * minute, exitCode: 0 }), ...options });
  for (const name of ["a", "b"]) {
    cluster.core.create({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name },
      status: {
        allocatable: { cpu: "32", memory: "64Gi", pods: "100" },
        conditions: [{ type: "Ready", status: "True" }],
      },
    } as never);
  }
  return cluster;
};

afterEach(() => {
  cluster?.stop();
  expect(cluster?.errors).toEqual([]);
});

const ref = { ...deploymentKind, metadata: { name: "web", namespace: "default" } };
const template = (image: string, cpu = "1") => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "c", image, resources: { requests: { cpu } } }] },
});

function web(replicas: number, spec: object = {}): Deployment {
  return {
    ...deploymentKind,
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: template("web:1"),
      progressDeadlineSeconds: 60,
      ...spec,
    },
  } as Deployment;
}

const read = (at: Cluster) => at.core.read<Deployment>(ref);
const sets = (at: Cluster) =>
  [...at.core.list<ReplicaSet>(replicaSetKind).items].sort(
    (a, b) => Number(revision(a)) - Number(revision(b)) || (a.metadata.name === b.metadata.name ? 0 : 1),
  );
const revision = ({ metadata }: ReplicaSet | Deployment) => metadata.annotations?.["deployment.kubernetes.io/revision"];
const sizes = (at: Cluster) => sets(at).map(({ spec }) => spec?.replicas);
const conditions = (at: Cluster) =>
  Object.fromEntries(
    ((read(at).status?.conditions ?? []) as Condition[]).map((one) => [one.type, `${one.status} ${one.reason}`]),
  );
const setImage = (at: Cluster, image: string, cpu = "1") =>
  at.core.patch(ref, { spec: { template: template(image, cpu) } });

describe("a Deployment", () => {
  it("runs its pods and says so", async () => {
    const at = start();
    at.core.create(web(3));
    await at.advance(second);
    expect(read(at).status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
    expect(conditions(at)).toEqual({
      Available: "True MinimumReplicasAvailable",
      Progressing: "True NewReplicaSetAvailable",
    });
    const [set] = sets(at);
    expect(set?.metadata.annotations).toMatchObject({
      "deployment.kubernetes.io/desired-replicas": "3",
      "deployment.kubernetes.io/max-replicas": "4",
      "deployment.kubernetes.io/revision": "1",
    });
    const hash = set?.metadata.labels?.["pod-template-hash"];
    expect(set?.metadata.name).toBe(`web-${hash}`);
    expect(at.pods().map(({ metadata }) => metadata.labels)).toEqual(
      Array(3).fill({ app: "web", "pod-template-hash": hash }),
    );
    expect(at.events("ScalingReplicaSet")).toEqual([`Scaled up replica set web-${hash} from 0 to 3`]);
    expect(read(at).status?.observedGeneration).toBe(read(at).metadata.generation);
  });

  it("rolls within maxSurge and maxUnavailable", async () => {
    const at = start();
    at.core.create(web(4, { minReadySeconds: 5, strategy: rolling(1, 1) }));
    await at.advance(10 * second);
    setImage(at, "web:2");
    let [most, least] = [0, 4];
    for (let step = 0; step < 40; step += 1) {
      await at.advance(second);
      const { replicas = 0, availableReplicas = 0 } = read(at).status ?? {};
      [most, least] = [Math.max(most, replicas), Math.min(least, availableReplicas)];
    }
    expect([most, least, sizes(at)]).toEqual([5, 3, [0, 4]]);
    expect(revision(read(at))).toBe("2");
    expect(conditions(at)["Progressing"]).toBe("True NewReplicaSetAvailable");
  });

  it("ends old pods first under Recreate", async () => {
    const at = start();
    at.core.create(web(2, { strategy: { type: "Recreate" } }));
    await at.advance(second);
    setImage(at, "web:2");
    await at.advance(second);
    expect([sizes(at), at.pods().every(({ metadata }) => metadata.deletionTimestamp !== undefined)]).toEqual([
      [0],
      true,
    ]);
    await at.advance(5 * second);
    expect([sizes(at), read(at).status?.availableReplicas]).toEqual([[0, 2], 2]);
  });

  it("goes back to an earlier template as a new revision", async () => {
    const at = start();
    at.core.create(web(1));
    await at.advance(second);
    setImage(at, "web:2");
    await at.advance(5 * second);
    setImage(at, "web:1");
    await at.advance(5 * second);
    expect(sets(at).map((set) => [revision(set), set.spec?.replicas])).toEqual([
      ["2", 0],
      ["3", 1],
    ]);
    expect(sets(at)[1]?.metadata.annotations?.["deployment.kubernetes.io/revision-history"]).toBe("1");
  });

  it("keeps as many old ReplicaSets as its limit", async () => {
    const at = start();
    at.core.create(web(1, { revisionHistoryLimit: 1 }));
    for (const image of ["web:2", "web:3", "web:4"]) {
      await at.advance(5 * second);
      setImage(at, image);
    }
    await at.advance(5 * second);
    expect(sets(at).map(revision)).toEqual(["3", "4"]);
  });

  it("does not roll while it is paused", async () => {
    const at = start();
    at.core.create(web(2));
    await at.advance(second);
    at.core.patch(ref, { spec: { paused: true, replicas: 3 } });
    setImage(at, "web:2");
    await at.advance(5 * second);
    expect([sizes(at), conditions(at)["Progressing"]]).toEqual([[3], "Unknown DeploymentPaused"]);
    at.core.patch(ref, { spec: { paused: false } });
    await at.advance(10 * second);
    expect([sizes(at), conditions(at)["Progressing"]]).toEqual([[0, 3], "True NewReplicaSetAvailable"]);
  });

  it("says when it is past its deadline", async () => {
    const at = start();
    at.core.create(web(2));
    await at.advance(second);
    setImage(at, "web:2", "4000");
    await at.advance(30 * second);
    expect(conditions(at)["Progressing"]).toMatch(/^True (NewReplicaSetCreated|ReplicaSetUpdated)$/);
    await at.advance(40 * second);
    expect(conditions(at)).toMatchObject({
      Progressing: "False ProgressDeadlineExceeded",
      Available: "True MinimumReplicasAvailable",
    });
    expect(sizes(at)).toEqual([2, 1]);
  });

  it("shares a new size in proportion", async () => {
    const at = start();
    at.core.create(web(10, { strategy: rolling(3, 2) }));
    await at.advance(second);
    setImage(at, "web:2", "4000");
    await at.advance(20 * second);
    expect(sizes(at)).toEqual([8, 5]);
    at.core.patch(ref, { spec: { replicas: 15 } });
    await at.advance(second);
    // Kubernetes' own example: 15 wanted, 18 at most
    expect(sizes(at)).toEqual([11, 7]);
  });

  it("says why it could not make pods", async () => {
    const at = start();
    at.core.create(
      web(1, { template: { ...template("web:1"), spec: { ...template("web:1").spec, priorityClassName: "none" } } }),
    );
    await at.advance(second);
    expect(conditions(at)["ReplicaFailure"]).toBe("True FailedCreate");
    expect(at.events("FailedCreate")[0]).toMatch(/^Error creating: .*no PriorityClass with name none was found/);
  });

  it("takes on a ReplicaSet and pods that match", async () => {
    const at = start();
    at.core.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default", labels: { app: "web" } },
      spec: template("web:1").spec,
    } as never);
    at.core.create({
      ...replicaSetKind,
      metadata: { name: "old", namespace: "default", labels: { app: "web" } },
      spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: template("web:1") },
    } as never);
    await at.advance(second);
    expect(at.pods().map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).toEqual(["old", "old"]);
    at.core.create(web(2));
    await at.advance(5 * second);
    expect(sets(at).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.name])).toEqual([
      ["old", "web"],
    ]);
    expect([at.pods().length, read(at).status?.availableReplicas]).toEqual([2, 2]);
  });

  it("lets go of a pod whose labels change", async () => {
    const at = start();
    at.core.create(web(1));
    await at.advance(second);
    const [pod] = at.pods();
    if (pod !== undefined) at.core.patch(refTo(pod), { metadata: { labels: { app: "debug" } } });
    await at.advance(second);
    expect(
      at
        .pods()
        .map(({ metadata }) => metadata.ownerReferences?.length ?? 0)
        .sort(),
    ).toEqual([0, 1]);
  });
});

function rolling(maxSurge: number | string, maxUnavailable: number | string) {
  return { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } };
}

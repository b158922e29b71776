import { afterEach, expect, it } from "vitest";

import { conditionOf } from "../../../src/cluster/objects.ts";
import { type Cluster, type ClusterOptions, job, minute, second, startCluster } from "./cluster.ts";

let cluster: Cluster | undefined;
const start = (options?: ClusterOptions) => {
  cluster = startCluster(options);
  return cluster;
};

afterEach(() => {
  cluster?.stop();
  expect(cluster?.errors).toEqual([]);
});

it("lives a GPU job from Pending to an empty account", async () => {
  const { core, advance, pods, nodes, claims, events, fleet, job: read } = start();
  core.create(job("train", { gpus: 1 }));
  await advance(0.5 * second);
  expect(pods().map(({ status }) => conditionOf({ status }, "PodScheduled")?.message)).toEqual([
    "0/1 nodes are available: 1 node(s) had untolerated taint {CriticalAddonsOnly: true}.",
  ]);
  await advance(1 * second);
  expect(claims().map(({ metadata }) => metadata.generateName)).toEqual(["gpu-"]);
  await advance(6 * second);
  expect(claims()[0]?.metadata.labels).toMatchObject({
    "node.kubernetes.io/instance-type": "g5.xlarge",
    "karpenter.sh/capacity-type": "spot",
    "karpenter.k8s.aws/instance-gpu-name": "a10g",
  });
  expect(claims()[0]?.metadata.annotations).toMatchObject({
    "aura.dev/usd-per-hour": "0.3",
    "aura.dev/on-demand-usd-per-hour": "1",
  });
  await advance(47 * second);
  expect(conditionOf(nodes()[0] ?? {}, "Ready")?.status).toBe("True");
  expect(nodes()[0]?.status?.allocatable).not.toHaveProperty(["nvidia.com/gpu"]);
  await advance(13 * second);
  expect(nodes()[0]?.status?.allocatable).toMatchObject({ "nvidia.com/gpu": "1" });
  expect(pods()[0]?.status?.phase).toBe("Running");
  await advance(30 * second);
  expect(conditionOf(read("train"), "Complete")?.status).toBe("True");
  expect(read("train").status).toMatchObject({ succeeded: 1, failed: 0, active: 0 });
  await advance(3 * minute);
  expect([nodes(), claims(), fleet.instances()]).toEqual([[], [], []]);
  expect(events("DisruptionTerminating")).toEqual(["Disrupting NodeClaim: Empty/Delete"]);
});

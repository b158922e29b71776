import type { Node } from "../cluster/objects.ts";
import { parseQuantity } from "../kernel/quantity.ts";
import type { CapacityType } from "../kernel/vocabulary.ts";
import type { NodeObserved } from "../timeline/entries.ts";

/** What a Node says of the machine it is; how it is bought is told by whoever made it, each in a label of their own. */
export function factsOfNode(
  node: Node,
): Pick<NodeObserved, "instanceType" | "capacityType" | "zone" | "pool" | "gpu" | "gpus"> {
  const labels = node.metadata.labels ?? {};
  return {
    ...given({
      instanceType: labels["node.kubernetes.io/instance-type"],
      zone: labels["topology.kubernetes.io/zone"],
      pool: labels["karpenter.sh/nodepool"] ?? labels["eks.amazonaws.com/nodegroup"],
      gpu: labels["karpenter.k8s.aws/instance-gpu-name"] ?? labels["nvidia.com/gpu.product"],
    }),
    capacityType: capacityTypeOf(labels),
    gpus: gpusOfNode(node),
  };
}

/** The fields that have a value. */
export function given<K extends string>(fields: Record<K, string | undefined>): { [Key in K]?: string } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [Key in K]?: string };
}

/** As the labels of Karpenter, EKS, GKE and AKS say; on demand where none does. A reservation is paid as on demand. */
export function capacityTypeOf(labels: Readonly<Record<string, string>>): CapacityType {
  const isSpot =
    labels["karpenter.sh/capacity-type"] === "spot" ||
    labels["eks.amazonaws.com/capacityType"] === "SPOT" ||
    labels["cloud.google.com/gke-spot"] === "true" ||
    labels["cloud.google.com/gke-preemptible"] === "true" ||
    labels["kubernetes.azure.com/scalesetpriority"] === "spot";
  return isSpot ? "spot" : "on-demand";
}

/** How many GPUs pods can get of a node. */
export function gpusOfNode({ status }: Node): number {
  const amount = status?.allocatable?.["nvidia.com/gpu"];
  return amount === undefined ? 0 : parseQuantity(amount);
}

import type { KindRef } from "../cluster/api.ts";

/** The kinds that a lifecycle works with. */
export const kinds = {
  pod: { apiVersion: "v1", kind: "Pod" },
  job: { apiVersion: "batch/v1", kind: "Job" },
  event: { apiVersion: "v1", kind: "Event" },
  namespace: { apiVersion: "v1", kind: "Namespace" },
  node: { apiVersion: "v1", kind: "Node" },
  nodeClaim: { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" },
  nodePool: { apiVersion: "karpenter.sh/v1", kind: "NodePool" },
  nodeClass: { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" },
} as const satisfies Record<string, KindRef>;

import type { KindRef, ObjectRef } from "../../cluster/api.ts";
import type { KubeObject, OwnerReference } from "../../cluster/objects.ts";

export const podKind = { apiVersion: "v1", kind: "Pod" } as const;
export const nodeKind = { apiVersion: "v1", kind: "Node" } as const;
export const jobKind = { apiVersion: "batch/v1", kind: "Job" } as const;
export const deploymentKind = { apiVersion: "apps/v1", kind: "Deployment" } as const;
export const replicaSetKind = { apiVersion: "apps/v1", kind: "ReplicaSet" } as const;
export const budgetKind = { apiVersion: "policy/v1", kind: "PodDisruptionBudget" } as const;
export const nodePoolKind = { apiVersion: "karpenter.sh/v1", kind: "NodePool" } as const;
export const nodeClaimKind = { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" } as const;
export const nodeClassKind = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" } as const;

/** Keeps a Node or NodeClaim until its pods are drained and its instance is terminated. */
export const terminationFinalizer = "karpenter.sh/termination";
/** Keeps a Job's pod until its end is counted. */
export const jobFinalizer = "batch.kubernetes.io/job-tracking";

/** A reference by key, `namespace/name` or `name`. */
export function refTo(kind: KindRef, key: string): ObjectRef {
  const slash = key.indexOf("/");
  const metadata = slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata };
}

/** A reference to an object. */
export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

export function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? "";
}

/** The owner that controls an object, if it has one. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function isDeleting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

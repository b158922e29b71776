import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IReplicaSet } from "kubernetes-models/apps/v1/ReplicaSet";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IContainerStatus } from "kubernetes-models/v1/ContainerStatus";
import type { IEvent } from "kubernetes-models/v1/Event";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { ITaint } from "kubernetes-models/v1/Taint";

// Objects as they are on the wire: plain JSON, times as RFC 3339 text.

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion?: string;
  time?: string;
  fieldsType?: "FieldsV1";
  fieldsV1?: object;
  subresource?: string;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
}

/** Any object of the API. `spec` and `status` are there for kinds that have them. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object whose remaining fields are not known to the code that handles it. */
export type AnyObject = KubeObject & Record<string, unknown>;

export type Container = IContainer;
export type ContainerStatus = IContainerStatus;
export type Taint = ITaint;
export type Pod = Stored<IPod>;
export type Node = Stored<INode>;
export type Job = Stored<IJob>;
export type Deployment = Stored<IDeployment>;
export type ReplicaSet = Stored<IReplicaSet>;
export type PodDisruptionBudget = Stored<IPodDisruptionBudget>;
export type KubeEvent = Stored<IEvent>;
export type ConfigMap = Stored<IConfigMap>;

type Stored<T> = Omit<T, "metadata"> & { apiVersion: string; kind: string; metadata: ObjectMeta };

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

export interface Requirement {
  key: string;
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" | "Gte" | "Lte";
  values?: string[];
  minValues?: number;
}

export interface NodeClassRef {
  group: string;
  kind: string;
  name: string;
}

/** What a NodePool's template and a NodeClaim have in common (karpenter.sh/v1). */
export interface NodeClaimSpec {
  requirements: Requirement[];
  nodeClassRef: NodeClassRef;
  taints?: Taint[];
  startupTaints?: Taint[];
  expireAfter?: string;
  terminationGracePeriod?: string;
}

export interface NodePool extends KubeObject {
  spec: {
    template: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      spec: NodeClaimSpec;
    };
    disruption?: {
      consolidationPolicy?: "WhenEmpty" | "WhenEmptyOrUnderutilized" | "Balanced";
      consolidateAfter: string;
      budgets?: { nodes: string; reasons?: string[]; schedule?: string; duration?: string }[];
    };
    limits?: Record<string, string | number>;
    weight?: number;
  };
  status?: { resources?: Record<string, string>; nodes?: number; conditions?: Condition[] };
}

export interface NodeClaim extends KubeObject {
  spec: NodeClaimSpec & { resources?: { requests?: Record<string, string> } };
  status?: {
    providerID?: string;
    nodeName?: string;
    imageID?: string;
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
    conditions?: Condition[];
  };
}

export interface EC2NodeClass extends KubeObject {
  spec: {
    role?: string;
    instanceProfile?: string;
    amiFamily?: string;
    amiSelectorTerms: Record<string, unknown>[];
    subnetSelectorTerms: Record<string, unknown>[];
    securityGroupSelectorTerms: Record<string, unknown>[];
    instanceStorePolicy?: "RAID0";
    blockDeviceMappings?: Record<string, unknown>[];
    metadataOptions?: Record<string, unknown>;
    userData?: string;
    tags?: Record<string, string>;
  };
  status?: { conditions?: Condition[] };
}

/** `namespace/name`, or the name alone for what has no namespace. */
export function keyOf(object: { readonly metadata: ObjectMeta }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? `${name}` : `${namespace}/${name}`;
}

/** Whether a pod has come to its end: its phase is one that never changes again. */
export function isTerminal({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** The condition of this type, if the object has it. */
export function conditionOf(object: { readonly status?: unknown }, type: string): Condition | undefined {
  const { conditions } = (object.status ?? {}) as { conditions?: unknown };
  return Array.isArray(conditions) ? conditions.find((condition: Condition) => condition.type === type) : undefined;
}

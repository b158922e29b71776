import type { KindRef, ObjectRef } from "../../cluster/api.ts";
import type {
  Deployment,
  EC2NodeClass,
  Job,
  KubeObject,
  Node,
  NodeClaim,
  NodePool,
  OwnerReference,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
} from "../../cluster/objects.ts";
import type { Core } from "./core.ts";
import { labelMatcher } from "./selectors.ts";

export interface Lease extends KubeObject {
  spec?: { renewTime?: string };
}

/** The kinds that controllers work with. */
export interface Kinds {
  Pod: Pod;
  Node: Node;
  Job: Job;
  Deployment: Deployment;
  ReplicaSet: ReplicaSet;
  PodDisruptionBudget: PodDisruptionBudget;
  Lease: Lease;
  NodePool: NodePool;
  NodeClaim: NodeClaim;
  EC2NodeClass: EC2NodeClass;
}

const apiVersions = {
  Pod: "v1",
  Node: "v1",
  Job: "batch/v1",
  Deployment: "apps/v1",
  ReplicaSet: "apps/v1",
  PodDisruptionBudget: "policy/v1",
  Lease: "coordination.k8s.io/v1",
  NodePool: "karpenter.sh/v1",
  NodeClaim: "karpenter.sh/v1",
  EC2NodeClass: "karpenter.k8s.aws/v1",
} as const satisfies Record<keyof Kinds, string>;

export function kindRef<K extends keyof Kinds>(kind: K) {
  return { apiVersion: apiVersions[kind], kind };
}

/** The object under a key, `namespace/name` or `name`. */
export function find<K extends keyof Kinds>(core: Core, kind: K, key: string): Kinds[K] | undefined {
  return core.find<Kinds[K]>(refTo(kindRef(kind), key));
}

export function list<K extends keyof Kinds>(core: Core, kind: K, namespace?: string): readonly Kinds[K][] {
  return core.list<Kinds[K]>({ ...kindRef(kind), ...(namespace !== undefined && { namespace }) }).items;
}

/** A reference by key. */
export function refTo({ apiVersion, kind }: KindRef, key: string): ObjectRef {
  const slash = key.indexOf("/");
  const metadata = slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
  return { apiVersion, kind, metadata };
}

/** A reference to an object. */
export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

export function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? "";
}

export function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? "default";
}

export function isDeleting({ metadata }: Pick<KubeObject, "metadata">): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** The owner that controls an object, if it has one. */
export function controllerOf({ metadata }: Pick<KubeObject, "metadata">): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** What an object that belongs to this owner names it by. */
export function ownedBy({ apiVersion, kind, metadata: { name = "", uid = "" } }: KubeObject): OwnerReference {
  return { apiVersion, kind, name, uid, blockOwnerDeletion: true };
}

export function controlledBy(owner: KubeObject): OwnerReference {
  return { ...ownedBy(owner), controller: true };
}

/** What has a selector of labels: an owner of pods, or a budget. */
export type Selecting = KubeObject & { readonly spec?: { readonly selector?: unknown } };

/** Whether a selector takes an object. An empty one takes all, none takes nothing. */
export function selecting({ spec }: Selecting): (object: KubeObject) => boolean {
  const matches = labelMatcher(spec?.selector);
  return ({ metadata }) => matches(metadata.labels ?? {});
}

/** The disruption budgets of a pod; one without labels has none. */
export function budgetsOf(core: Core, pod: Pod): PodDisruptionBudget[] {
  if (Object.keys(pod.metadata.labels ?? {}).length === 0) return [];
  return list(core, "PodDisruptionBudget", namespaceOf(pod)).filter((budget) => selecting(budget)(pod));
}

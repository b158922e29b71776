import type { InstanceType, Offering } from "../catalog/instance-type.ts";
import type { NodeStorage } from "./node-storage.ts";
import type { Resources } from "./resources.ts";

// The planner's own view of the cluster: plain data, so that the rehearsal, the simulator and the controller share it.

export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" | "Gte" | "Lte";
  readonly values?: readonly string[] | undefined;
  /** Of a NodePool: a claim keeps instance types with at least so many different values of the label. */
  readonly minValues?: number | undefined;
}

export interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}

export interface Toleration {
  readonly key?: string | undefined;
  readonly operator?: string | undefined;
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
}

export type Labels = Readonly<Record<string, string>>;

/** Which pods a constraint is about; an empty one is about all. */
export interface LabelSelector {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?: readonly Requirement[] | undefined;
}

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains?: number | undefined;
  readonly whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway";
  readonly selector: LabelSelector;
  /** Whether only nodes that the pod's own node requirements admit are counted. Default `Honor`. */
  readonly nodeAffinityPolicy?: "Honor" | "Ignore" | undefined;
  /** Whether only nodes whose taints the pod tolerates are counted. Default `Ignore`. */
  readonly nodeTaintsPolicy?: "Honor" | "Ignore" | undefined;
}

/** A term of pod affinity or anti-affinity; with a `weight` it is a preference. */
export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly selector: LabelSelector;
  /** Default the pod's own. */
  readonly namespaces?: readonly string[] | undefined;
  /** Besides `namespaces`, those whose labels it selects. */
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly weight?: number | undefined;
}

export interface HostPort {
  /** Default `0.0.0.0`, which is every address. */
  readonly ip?: string | undefined;
  readonly port: number;
  /** Default `TCP`. */
  readonly protocol?: string | undefined;
}

/** What of a pod its neighbours are concerned with. */
export interface PodTraits {
  /** `namespace/name`. */
  readonly name: string;
  readonly labels?: Labels | undefined;
  readonly antiAffinity?: readonly PodAffinityTerm[] | undefined;
  readonly hostPorts?: readonly HostPort[] | undefined;
}

/** A pod that needs a place. */
export interface PlanPod extends PodTraits {
  readonly uid: string;
  readonly createdAtMs: number;
  readonly requests: Resources;
  /** What its node must satisfy: one of these lists (node affinity's terms, each with the node selector). Never empty. */
  readonly alternatives: readonly (readonly Requirement[])[];
  readonly tolerations: readonly Toleration[];
  /** Preferred node affinity: treated as required until nothing satisfies it. */
  readonly preferredNodes?: readonly { readonly weight: number; readonly requirements: readonly Requirement[] }[];
  readonly spread?: readonly SpreadConstraint[] | undefined;
  readonly affinity?: readonly PodAffinityTerm[] | undefined;
  /** What its volumes ask of a node, such as their zone. */
  readonly volumes?: readonly Requirement[] | undefined;
  /** When it is expected to end: in `aura` mode pods that end together share nodes. */
  readonly endsAtMs?: number | undefined;
}

/** A node that exists, or a NodeClaim that will be one. */
export interface PlanNode {
  readonly name: string;
  readonly labels: Labels;
  /** Without startup and other passing taints while it is not initialized. */
  readonly taints: readonly Taint[];
  /** What is left for pods: allocatable less the requests of pods that are bound to it. */
  readonly available: Resources;
  readonly initialized: boolean;
  /** Those bound to it, for topology, anti-affinity and ports. Default none. */
  readonly pods?: readonly PodTraits[] | undefined;
}

/** A NodePool. */
export interface PlanPool {
  readonly name: string;
  /** 0 to 100; the heavier pool is tried first. */
  readonly weight: number;
  readonly labels: Labels;
  readonly requirements: readonly Requirement[];
  readonly taints: readonly Taint[];
  readonly limits: Resources;
  /** Capacity of its nodes and NodeClaims, with `nodes`, counted against the limits. */
  readonly used: Resources;
  /** Of a static pool: how many nodes it always has. Pods never make it grow. */
  readonly replicas?: number | undefined;
  /** Its nodes' disks, for ephemeral storage. Default those of an EC2NodeClass that says nothing. */
  readonly storage?: NodeStorage | undefined;
}

export interface ProvisionInput {
  readonly pods: readonly PlanPod[];
  /** Nodes that pods may be put on, in flight or there. */
  readonly nodes: readonly PlanNode[];
  readonly pools: readonly PlanPool[];
  readonly offerings: readonly Offering[];
  /** Whether an offering had no capacity a moment ago. */
  readonly unavailable: (offering: Offering) => boolean;
  /** What DaemonSets take on each new node, `pods` included. */
  readonly daemonOverhead: Resources;
  /** `karpenter` (default) predicts; `aura` is free to do better, and is never dearer. */
  readonly mode?: "karpenter" | "aura" | undefined;
  /** Whether `aura` may buy more nodes than `karpenter` would where that is cheaper. Default false. */
  readonly mayAddNodes?: boolean | undefined;
  /** Karpenter's setting: whether preferences count. Default `Respect`. */
  readonly preferencePolicy?: "Respect" | "Ignore" | undefined;
  /** Whether a pool's minValues bind. Default `Strict`. */
  readonly minValuesPolicy?: "Strict" | "BestEffort" | undefined;
  /** Labels of namespaces, for namespace selectors. */
  readonly namespaces?: Readonly<Record<string, Labels>> | undefined;
}

/** A pod that fits a node which exists or is in flight. */
export interface Placement {
  readonly pod: string;
  readonly node: string;
}

/** A NodeClaim to create. */
export interface PlannedClaim {
  readonly pool: string;
  /** Of the pool and of its pods together, and the instance types; the pool itself is a label, not a requirement. */
  readonly requirements: readonly Requirement[];
  /** Those that fit, cheapest first, at most 60. */
  readonly instanceTypes: readonly InstanceType[];
  /** The cheapest offering among them. */
  readonly offering: Offering;
  /** Of its pods and the DaemonSets. */
  readonly requests: Resources;
  readonly pods: readonly string[];
}

export interface Unschedulable {
  readonly pod: string;
  /** Why, one sentence a pool. */
  readonly reasons: readonly string[];
}

export interface Provision {
  readonly placements: readonly Placement[];
  readonly claims: readonly PlannedClaim[];
  readonly unschedulable: readonly Unschedulable[];
}

import type { InstanceType, Offering } from "../catalog/instance-type.ts";
import type { Resources } from "./resources.ts";

// The planner's own view of the cluster: plain data, so that the rehearsal, the simulator and the controller share it.

export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" | "Gte" | "Lte";
  readonly values?: readonly string[] | undefined;
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

/** A pod that needs a place. */
export interface PlanPod {
  /** `namespace/name`. */
  readonly name: string;
  readonly uid: string;
  readonly createdAtMs: number;
  readonly requests: Resources;
  /** What its node must satisfy: one of these lists (node affinity's terms, each with the node selector). Never empty. */
  readonly alternatives: readonly (readonly Requirement[])[];
  readonly tolerations: readonly Toleration[];
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
  /** The root volume. Default 20 GiB, that of an AL2023 node whose EC2NodeClass says nothing. */
  readonly ephemeralStorageBytes?: number | undefined;
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

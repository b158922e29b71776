import type { Offering } from "../catalog/instance-type.ts";
import type { Resources } from "./resources.ts";
import type { PlanNode, PlannedClaim, PlanPod, PlanPool } from "./types.ts";

export type DisruptionReason = "Empty" | "Underutilized";

export interface DisruptionBudget {
  /** A number, or a share of the pool's nodes such as `10%`, rounded up. */
  readonly nodes: string;
  readonly reasons?: readonly string[] | undefined;
  readonly schedule?: string | undefined;
  readonly durationMs?: number | undefined;
}

export interface DisruptionPool extends PlanPool {
  readonly consolidationPolicy: "WhenEmpty" | "WhenEmptyOrUnderutilized" | "Balanced";
  /** How long a node's pods must have been unchanged; infinite for `Never`. */
  readonly consolidateAfterMs: number;
  readonly budgets: readonly DisruptionBudget[];
}

/** A pod that runs on a node and would have to go elsewhere. DaemonSet pods and finished ones are not among them. */
export interface BoundPod extends PlanPod {
  /** See `evictionCost`. */
  readonly evictionCost: number;
  /** Until when `karpenter.sh/do-not-disrupt` protects it; infinite for `true`, 0 for never. */
  readonly protectedUntilMs: number;
}

export interface DisruptionNode extends PlanNode {
  readonly pool: string;
  readonly pods: readonly BoundPod[];
  readonly usdPerHour: number;
  readonly capacityType: string;
  readonly createdAtMs: number;
  /** When a pod last came or went, or the node became ready. */
  readonly lastPodEventMs: number;
  /** Being deleted already. */
  readonly deleting: boolean;
  /** `karpenter.sh/do-not-disrupt: "true"` on the node. */
  readonly doNotDisrupt: boolean;
  /** A waiting pod was promised this node until then; 0 when none was. */
  readonly nominatedUntilMs: number;
}

export interface DisruptInput {
  readonly nodes: readonly DisruptionNode[];
  readonly pools: readonly DisruptionPool[];
  readonly offerings: readonly Offering[];
  readonly unavailable: (offering: Offering) => boolean;
  readonly daemonOverhead: Resources;
  /** Pods without a node: they have a claim on the room that consolidation would take. */
  readonly pendingPods: readonly PlanPod[];
  readonly nowMs: number;
}

export interface Disruption {
  readonly reason: DisruptionReason;
  readonly nodes: readonly string[];
  /** To be launched, and ready, before the nodes go. */
  readonly replacement?: PlannedClaim;
  /** What this saves. */
  readonly usdPerHour: number;
}

/** A node that would have been disrupted but for this. */
export interface Blocked {
  readonly node: string;
  readonly why: string;
}

export interface DisruptionPlan {
  /** Empty when there is nothing to do. Several only for empty nodes, which go together. */
  readonly disruption?: Disruption;
  readonly blocked: readonly Blocked[];
  /** When a node becomes a candidate that is none yet only for its age; undefined when none will by itself. */
  readonly nextAtMs?: number;
}

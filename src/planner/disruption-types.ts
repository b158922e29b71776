import type { Offering } from "../catalog/instance-type.ts";
import type { Resources } from "./resources.ts";
import type { PlanNode, PlannedClaim, PlanPod, PlanPool } from "./types.ts";

/** `Expired` is forceful: it asks no budget. */
export type DisruptionReason = "Expired" | "Empty" | "Drifted" | "Underutilized";

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
  /** Pod disruption budgets that select it. More than one blocks too: the eviction API does not know which to ask. */
  readonly podBudgets?: readonly { readonly name: string; readonly disruptionsAllowed: number }[] | undefined;
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
  /** No longer what its pool or node class asks for. */
  readonly drifted?: boolean | undefined;
  /** When `expireAfter` is over. */
  readonly expiresAtMs?: number | undefined;
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
  /** The share of the pools' cost that is saved over the share of their disruption. */
  readonly savingsScore?: number;
}

/** One way to give up nodes. The first that proposes something is carried out, after it was validated again. */
export interface DisruptionMethod {
  readonly reason: DisruptionReason;
  propose(context: DisruptionContext): Disruption | undefined;
}

/** What the methods of one round share. */
export interface DisruptionContext {
  readonly input: DisruptInput;
  /** Nodes that nothing protects, however old. */
  readonly unprotected: readonly DisruptionNode[];
  /** Of them, those that consolidation may look at: quiet for long enough. */
  readonly quiet: readonly DisruptionNode[];
  /** Those that the budgets let go for a reason; the rest is noted as blocked. */
  withinBudgets(nodes: readonly DisruptionNode[], reason: DisruptionReason): DisruptionNode[];
  block(node: DisruptionNode, why: string): void;
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

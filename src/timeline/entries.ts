import type { CapacityType, PhaseName } from "../kernel/vocabulary.ts";

/**
 * One line of a timeline. `at` is the cluster's time in milliseconds since the epoch: on AWS the real time, in a
 * rehearsal the time that would have passed on AWS. `wall` is when the line was written by this machine's clock.
 */
export type TimelineEntry = { readonly at: number; readonly wall: number } & Observation;

/** What a timeline knows how to say. */
export type Observation =
  | RunObserved
  | PhaseObserved
  | StepObserved
  | ResourceObserved
  | JobObserved
  | PodObserved
  | NodeObserved
  | WaitObserved
  | EventObserved
  | UsageObserved
  | PricesObserved
  | ChargeObserved
  | EstimateObserved
  | LogCollected
  | OutputCollected
  | MetricsCollected
  | LeftoversChecked;

/** The head of a timeline: first line of every run, repeated when a run is resumed. */
export interface RunObserved {
  readonly type: "run";
  readonly run: string;
  readonly environment: string;
  readonly target: string;
  readonly region: string;
  readonly version: string;
  /** Pace of simulated delays; 1 on a real cluster. */
  readonly speed: number;
  /** What is not real in this run, one sentence each. */
  readonly simulated: readonly string[];
  readonly budgetUsd?: number;
}

export interface PhaseObserved {
  readonly type: "phase";
  readonly phase: PhaseName;
  readonly state: "started" | "succeeded" | "failed" | "interrupted";
  readonly message?: string;
}

export interface StepObserved {
  readonly type: "step";
  readonly phase: PhaseName;
  readonly step: string;
  readonly state: "started" | "succeeded" | "failed" | "unchanged";
  readonly message?: string;
}

/** A resource of Terraform that is being made, changed or removed. */
export interface ResourceObserved {
  readonly type: "resource";
  /** Such as `module.eks.aws_eks_cluster.this`. */
  readonly address: string;
  /** Such as `aws_eks_cluster`. */
  readonly resourceType: string;
  readonly action: "create" | "update" | "delete" | "replace";
  readonly state: "started" | "succeeded" | "failed";
  /** How long it took, as its engine says: in whole seconds. Absent at the start. */
  readonly seconds?: number;
  /** How many of the changes are through, this one included, and how many there are. */
  readonly done: number;
  readonly of: number;
}

export interface JobObserved {
  readonly type: "job";
  readonly namespace: string;
  readonly name: string;
  readonly state: "submitted" | "succeeded" | "failed" | "timed-out" | "interrupted";
  readonly message?: string;
  /** GPUs that one of its pods asks for. */
  readonly gpus: number;
}

export type PodState = "created" | "scheduled" | "pulling" | "running" | "succeeded" | "failed" | "gone";

export interface PodObserved {
  readonly type: "pod";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The Job it belongs to. */
  readonly job?: string;
  readonly state: PodState;
  readonly node?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly requests: { readonly cpuMillis: number; readonly memoryMib: number; readonly gpus: number };
}

export type NodeState = "requested" | "launched" | "registered" | "ready" | "disrupted" | "gone";

export interface NodeObserved {
  readonly type: "node";
  /** The NodeClaim, or the node itself where it has none. */
  readonly name: string;
  readonly state: NodeState;
  /** The Node, once there is one. */
  readonly node?: string;
  readonly pool?: string;
  readonly instanceType?: string;
  readonly capacityType?: CapacityType;
  readonly zone?: string;
  readonly gpus?: number;
  /** Karpenter's name of the GPU, such as `a10g`. */
  readonly gpu?: string;
  readonly usdPerHour?: number;
  /** What the same node costs on demand. */
  readonly onDemandUsdPerHour?: number;
  /** Whether the price is an estimate. */
  readonly priceEstimated?: boolean;
  readonly reason?: string;
}

/** Why a pod was waiting, in the scheduler's or the provisioner's words; written when the reason changes. */
export interface WaitObserved {
  readonly type: "wait";
  readonly namespace: string;
  readonly pod: string;
  readonly reason: string;
}

export interface EventObserved {
  readonly type: "event";
  readonly level: "Normal" | "Warning";
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly source?: string;
}

export interface UsageObserved {
  readonly type: "usage";
  readonly namespace: string;
  readonly pod: string;
  /** Absent where only its GPUs are measured. */
  readonly cpuMillis?: number;
  readonly memoryMib?: number;
  readonly gpus?: readonly { readonly utilizationPercent: number; readonly memoryMib: number }[];
}

/** What the prices of nodes come from; written when a command begins to watch nodes, if it changed. */
export interface PricesObserved {
  readonly type: "prices";
  readonly sources: readonly PriceSource[];
}

export interface PriceSource {
  /** Which nodes it prices. */
  readonly of: CapacityType;
  /** `AWS price list`, `spot price history`, or what the catalog has it from. */
  readonly source: string;
  /** The day, or the time that AWS was asked, as RFC 3339. */
  readonly asOf: string;
  /** Whether AWS said so; else the catalog does. */
  readonly live: boolean;
  /** Why AWS was not asked anew, where it should have been. */
  readonly note?: string;
}

/** Something that costs by the hour and is not a job's node: control plane, NAT gateway, system nodes. */
export interface ChargeObserved {
  readonly type: "charge";
  readonly name: string;
  readonly usdPerHour: number;
  readonly state: "started" | "ended";
  readonly source: string;
}

/** Time that a phase takes on AWS and that was not spent here. */
export interface EstimateObserved {
  readonly type: "estimate";
  readonly phase: PhaseName;
  readonly name: string;
  readonly seconds: number;
  readonly source: string;
}

export interface LogCollected {
  readonly type: "log";
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Relative to the report's folder. */
  readonly path: string;
  readonly bytes: number;
  /** The last lines, for the report page. */
  readonly tail: string;
}

export interface OutputCollected {
  readonly type: "output";
  readonly namespace: string;
  readonly pod: string;
  readonly job?: string;
  /** Relative to the report's folder. */
  readonly path: string;
  readonly bytes: number;
}

/** What a part of the cluster measured itself, as it was when it was asked last. */
export interface MetricsCollected {
  readonly type: "metrics";
  /** Who measured it, such as `Karpenter`. */
  readonly source: string;
  /** In Prometheus's text format, relative to the report's folder. */
  readonly path: string;
  readonly bytes: number;
  /** What is worth reading of it. */
  readonly figures: readonly { readonly name: string; readonly value: number; readonly unit?: string }[];
}

export interface Leftover {
  /** `process`, `file`, `socket`, or the kind of an object. */
  readonly kind: string;
  readonly name: string;
  /** A command that removes it. */
  readonly fix?: string;
}

export interface LeftoversChecked {
  readonly type: "leftovers";
  /** What was looked at, such as `processes` or `NodeClaims`. */
  readonly checked: readonly string[];
  readonly found: readonly Leftover[];
}

import type { CapacityType, PhaseName } from "../kernel/vocabulary.ts";
import type {
  EstimateObserved,
  EventObserved,
  LeftoversChecked,
  LogCollected,
  MetricsCollected,
  NodeState,
  OutputCollected,
  PodObserved,
  PodState,
  PriceSource,
  ResourceObserved,
  RunObserved,
} from "./entries.ts";
import type { JobStatus } from "./summary.ts";

/** A stretch of the cluster's time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface PhaseModel {
  readonly name: PhaseName;
  /** How it stands after its last attempt; `unfinished` when the timeline breaks off in it. */
  readonly state: "succeeded" | "failed" | "interrupted" | "unfinished";
  readonly message?: string;
  /** One stretch for each attempt. */
  readonly spans: readonly Span[];
  /** As it took on this machine. */
  readonly seconds: number;
  /** In the cluster's time. */
  readonly clusterSeconds: number;
  /** What is added on AWS. */
  readonly estimates: readonly EstimateObserved[];
  /** `clusterSeconds` and the estimates together. */
  readonly awsSeconds: number;
}

export interface ResourceModel {
  readonly address: string;
  readonly resourceType: string;
  readonly action: ResourceObserved["action"];
  /** `unfinished` when the timeline breaks off in it. */
  readonly state: "succeeded" | "failed" | "unfinished";
  /** Of the last try, in whole seconds; 0 while unfinished. */
  readonly seconds: number;
  readonly startedAt: number;
}

export interface NodeModel {
  readonly name: string;
  readonly nodeName?: string;
  readonly pool?: string;
  /** Empty when nothing was ever launched. */
  readonly instanceType: string;
  /** Where the timeline does not say, on demand: the dearer one. */
  readonly capacityType: CapacityType;
  readonly zone: string;
  readonly gpus: number;
  readonly gpu?: string;
  readonly usdPerHour: number;
  readonly onDemandUsdPerHour: number;
  /** Whether the timeline gives a price; without one it counts as nothing. */
  readonly priced: boolean;
  readonly priceEstimated: boolean;
  /** When each state was reached first. */
  readonly at: Partial<Record<NodeState, number>>;
  /** From launched to gone, at least a minute; absent when it was never launched. */
  readonly billed?: Span;
  /** Launched and not seen to go: billed up to the timeline's end. */
  readonly open: boolean;
  readonly usd: number;
  readonly onDemandUsd: number;
  /** Share of its billed time in which a pod was running on it, 0 to 1. */
  readonly busy: number;
  /** Names of the pods that were bound to it. */
  readonly pods: readonly string[];
  readonly reason?: string;
}

export interface PodModel {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly job?: string;
  /** The NodeModel's name, or the Node's where the timeline has no such node. */
  readonly node?: string;
  readonly at: Partial<Record<PodState, number>>;
  /** `gone` when it was removed before it ended by itself; absent while it is there. */
  readonly end?: "succeeded" | "failed" | "gone";
  readonly endAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly requests: PodObserved["requests"];
}

export interface JobModel {
  readonly namespace: string;
  readonly name: string;
  readonly gpus: number;
  readonly status: JobStatus;
  readonly submittedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly pendingSeconds: number;
  readonly runSeconds: number;
  readonly exitCode?: number;
  readonly message?: string;
  /** Its pods, oldest first. */
  readonly attempts: readonly PodModel[];
  /** Where the last attempt ran. */
  readonly node?: NodeModel;
}

export interface ChargeModel {
  readonly name: string;
  readonly usdPerHour: number;
  readonly source: string;
  readonly span: Span;
  /** Not seen to end. */
  readonly open: boolean;
  /** Billed: the cluster's time and what deploy and destroy add on AWS. */
  readonly seconds: number;
  readonly usd: number;
}

export interface WaitModel {
  readonly namespace: string;
  readonly pod: string;
  readonly job?: string;
  readonly reason: string;
  readonly span: Span;
  /** Whether the pod was still waiting for this reason at the end. */
  readonly open: boolean;
}

export interface UsageModel {
  readonly namespace: string;
  readonly pod: string;
  readonly samples: number;
  /** Absent where only its GPUs were measured. */
  readonly peakCpuMillis?: number;
  readonly peakMemoryMib?: number;
  /** Of a real device; absent where none was measured. */
  readonly peakGpuPercent?: number;
  readonly peakGpuMemoryMib?: number;
}

/** What a timeline tells, put together by subject. Times are the cluster's, in milliseconds since the epoch. */
export interface TimelineModel {
  readonly run?: RunObserved;
  /** First to last entry; 0 to 0 for an empty timeline. */
  readonly span: Span;
  /** As the run took on this machine. */
  readonly seconds: number;
  /** As it is to be expected on AWS, estimates included. */
  readonly awsSeconds: number;
  readonly phases: readonly PhaseModel[];
  /** The longest first. */
  readonly resources: readonly ResourceModel[];
  readonly jobs: readonly JobModel[];
  readonly pods: readonly PodModel[];
  readonly nodes: readonly NodeModel[];
  readonly charges: readonly ChargeModel[];
  /** Where the nodes' prices come from: what the latest command used. */
  readonly prices: readonly PriceSource[];
  readonly waits: readonly WaitModel[];
  readonly usage: readonly UsageModel[];
  readonly events: readonly (EventObserved & { readonly at: number })[];
  readonly logs: readonly LogCollected[];
  readonly outputs: readonly OutputCollected[];
  /** The latest of each source. */
  readonly metrics: readonly MetricsCollected[];
  /** The latest check; absent when nothing was checked. */
  readonly leftovers?: LeftoversChecked;
  /** Nodes and charges together. */
  readonly usd: number;
  readonly compare: Comparison;
  /** What had been spent by when, on the time axis of AWS. */
  readonly cost: readonly CostPoint[];
}

export interface Comparison {
  /** The same nodes for the same time on demand, charges included. */
  readonly onDemandUsd: number;
  /** The most that ran at once, on demand, and the charges, for a month of 730 hours. */
  readonly alwaysOnUsdPerMonth: number;
  /** The hourly price of that fleet. */
  readonly alwaysOnUsdPerHour: number;
}

/** What had been spent at a moment: nothing before the first point, no more after the last. */
export interface CostPoint {
  /** On the time axis of AWS, in milliseconds since the epoch. */
  readonly at: number;
  readonly chargesUsd: number;
  /** At the prices paid. */
  readonly nodesUsd: number;
  /** The same nodes on demand. */
  readonly onDemandUsd: number;
}

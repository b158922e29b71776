import type { ObjectApi } from "../cluster/api.ts";
import type { Job, KubeObject, Pod } from "../cluster/objects.ts";
import type { CapacityType, TargetName } from "../kernel/vocabulary.ts";
import type {
  ChargeObserved,
  EstimateObserved,
  Leftover,
  MetricsCollected,
  NodeObserved,
  Observation,
  PriceSource,
  UsageObserved,
} from "../timeline/entries.ts";
import type { Step } from "./step.ts";

/** A place where environments live: the rehearsal, an AWS account, a cluster somebody already has. */
export interface Target {
  readonly name: TargetName;
  /**
   * What of the cluster is the environment's: all of it, or only what carries its run's labels, where others work in the
   * cluster as well.
   */
  readonly scope: "cluster" | "run";
  /** What kubectl reaches its cluster with, as `export KUBECONFIG=…` takes it. */
  readonly kubeconfig: string;
  /** Pace of simulated delays; 1 where nothing is simulated. */
  readonly speed: number;
  /** What is not real there, one sentence each. */
  readonly simulated: readonly string[];
  /** What costs by the hour from the first deploy step to the last destroy step, beside the nodes of jobs. */
  readonly charges: readonly Omit<ChargeObserved, "type" | "state">[];
  /** Time that phases take on AWS and that is not spent here. */
  readonly estimates: readonly Omit<EstimateObserved, "type">[];
  /** Called before a run is begun: fails where none can be, and not even be destroyed. Absent: it can. */
  admit?(): Promise<void>;
  /** Where a job goes that names no namespace. Absent: `default`. */
  namespace?(): Promise<string>;
  /** Reasons why these jobs cannot run there, found before anything is started. */
  preflight(jobs: readonly Job[]): Promise<readonly string[]>;
  /** The steps that make the cluster; undone in reverse order. */
  steps(run: TargetRun): readonly Step[];
  /** What a deploy would make that is not there yet, found out without making anything. Absent: its steps and objects. */
  plan?(run: TargetRun, signal: AbortSignal): Promise<DeployPlan>;
  /** What is known of the cluster once it is made, by name: names, addresses, roles. Absent: what its kubeconfig says. */
  outputs?(run: TargetRun, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** The NodePools and node classes that the run needs in the cluster; empty where others see to nodes. */
  objects(run: RunFacts): readonly KubeObject[];
  /** Waits until these objects can give nodes. Fails with NOT_READY and the reasons. Absent: they can at once. */
  settled?(objects: readonly KubeObject[], signal: AbortSignal): Promise<void>;
  /** A job as it is submitted there: with what brings its outputs home, say. */
  prepare(job: Job, run: RunFacts): Job;
  /** What whoever wrote these jobs should know, one sentence each; it is told and stops nothing. Absent: nothing. */
  notes?(jobs: readonly Job[], run: RunFacts): readonly string[];
  /** What jobs need in the cluster beside themselves, made before they are submitted. Absent: nothing. */
  requisites?(jobs: readonly Job[]): Promise<readonly KubeObject[]>;
  /** What a node costs by the hour, where its own annotations do not say; undefined where nobody knows. */
  nodePrice(node: NodeFacts): NodePrice | undefined;
  /**
   * The run that is deployed there, for a machine that does not know of it: another job of a pipeline, another desk.
   * Undefined when nothing is there. Absent where an environment is only ever on one machine.
   */
  find?(): Promise<FoundRun | undefined>;
  /** Has `nodePrice` know what is to be known, and says where that comes from. Absent where nobody knows a price. */
  prices?(): Promise<readonly PriceSource[]>;
  /** Fails with CLUSTER_UNREACHABLE when the cluster does not answer. */
  connect(): Promise<ObjectApi>;
  /** The cluster's time in milliseconds since the epoch; undefined when it cannot be asked. */
  now(): Promise<number | undefined>;
  /**
   * Nodes of a run whose machines have ended, for as long as they are remembered: the cluster itself forgets a node as it
   * goes. Absent where nobody remembers.
   */
  formerNodes?(run: RunFacts): Promise<readonly FormerNode[]>;
  /** CPU, memory and GPU use of running pods, where it is measured. */
  usage(): Promise<readonly Omit<UsageObserved, "type">[]>;
  /** Copies a pod's declared outputs into `directory`; returns the files, relative to it, and what was left out and why. */
  fetchOutputs(pod: Pod, directory: string): Promise<FetchedOutputs>;
  /** Saves what parts of the cluster measured themselves into `directory`, for the report. Absent where nothing does. */
  metrics?(directory: string): Promise<readonly Omit<MetricsCollected, "type">[]>;
  /** Pods whose files are kept there, those that the cluster has forgotten included. */
  remains(): Promise<readonly Pod[]>;
  /** What is kept of the log of a container's last run, of a pod that the cluster has forgotten. */
  keptLog(pod: Pod, container: string): AsyncIterable<string>;
  /** Whether `leftovers` sees from outside the cluster that nothing of it is left: then what hangs inside is no harm. */
  readonly provesAbsence: boolean;
  /** Looks for anything that outlived `destroy`. */
  leftovers(run: RunFacts): Promise<{ readonly checked: readonly string[]; readonly found: readonly Leftover[] }>;
  /** Removes what is kept on this machine for the environment; called once everything is gone. */
  forget(): Promise<void>;
}

export interface DeployPlan {
  /** What would be done, a line each. */
  readonly changes: readonly string[];
  /** Addresses of resources and what would become of them, where they are known one by one. */
  readonly resources: readonly { readonly address: string; readonly action: string }[];
}

export interface FoundRun {
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
  /** Steps that may have been ensured, in order. */
  readonly steps: readonly string[];
}

export interface RunFacts {
  readonly run: string;
  /** When the environment may be swept away, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The run that steps work for. */
export interface TargetRun extends RunFacts {
  readonly observe: (observation: Observation) => Promise<void>;
  /** Puts a question; undefined when nobody answers. `--yes` answers true. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Whether a lock of Terraform's state that is in the way is broken: its holder is known to be gone. Default: no. */
  readonly breakLock?: boolean;
}

export interface FormerNode {
  /** The NodeClaim that the machine was launched for. */
  readonly name: string;
  readonly facts: Omit<NodeObserved, "type" | "name" | "state" | "reason">;
  /** When it was asked for, and was there, in milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly launchedAt: number;
  /** When it ended; undefined where nobody says. */
  readonly endedAt?: number;
}

export interface NodeFacts {
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  /** By name, such as `us-east-1a`. */
  readonly zone: string;
}

export interface NodePrice {
  readonly usdPerHour: number;
  readonly onDemandUsdPerHour: number;
  /** Whether it is reckoned rather than asked for. */
  readonly estimated: boolean;
}

export interface FetchedOutputs {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly problems: readonly string[];
}

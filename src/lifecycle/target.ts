import type { ObjectApi } from "../cluster/api.ts";
import type { Job, Pod } from "../cluster/objects.ts";
import type { ChargeObserved, EstimateObserved, Leftover, UsageObserved } from "../timeline/entries.ts";
import type { Step } from "./step.ts";

/** A place where environments live: the rehearsal, an AWS account, a cluster somebody already has. */
export interface Target {
  readonly name: string;
  /** Pace of simulated delays; 1 where nothing is simulated. */
  readonly speed: number;
  /** What is not real there, one sentence each. */
  readonly simulated: readonly string[];
  /** What costs by the hour from the first deploy step to the last destroy step, beside the nodes of jobs. */
  readonly charges: readonly Omit<ChargeObserved, "type" | "state">[];
  /** Time that phases take on AWS and that is not spent here. */
  readonly estimates: readonly Omit<EstimateObserved, "type">[];
  /** Reasons why these jobs cannot run there, found before anything is started. */
  preflight(jobs: readonly Job[]): Promise<readonly string[]>;
  /** The steps that make the cluster; undone in reverse order. */
  readonly steps: readonly Step[];
  /** Fails with CLUSTER_UNREACHABLE when the cluster does not answer. */
  connect(): Promise<ObjectApi>;
  /** The cluster's time in milliseconds since the epoch; undefined when it cannot be asked. */
  now(): Promise<number | undefined>;
  /** CPU, memory and GPU use of running pods, where it is measured. */
  usage(): Promise<readonly Omit<UsageObserved, "type">[]>;
  /** Copies a pod's declared outputs into `directory`; returns the files, relative to it, and what was left out and why. */
  fetchOutputs(pod: Pod, directory: string): Promise<FetchedOutputs>;
  /** Pods whose files are kept there, those that the cluster has forgotten included. */
  remains(): Promise<readonly Pod[]>;
  /** What is kept of the log of a container's last run, of a pod that the cluster has forgotten. */
  keptLog(pod: Pod, container: string): AsyncIterable<string>;
  /** Looks for anything that outlived `destroy`. */
  leftovers(): Promise<{ readonly checked: readonly string[]; readonly found: readonly Leftover[] }>;
}

export interface FetchedOutputs {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly problems: readonly string[];
}

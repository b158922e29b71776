import type { CapacityType } from "../../kernel/vocabulary.ts";
import type { Leftover } from "../../timeline/entries.ts";
import type { JobStatus } from "../../timeline/summary.ts";

/** Whether nodes came up for the jobs of a run and went away after them: the proof that autoscaling works. */
export interface AutoscalingCheck {
  readonly ok: boolean;
  readonly jobs: readonly JobCheck[];
  /** What is still there after destroy; null when nobody has looked. */
  readonly leftovers: readonly Leftover[] | null;
  /** The whole run, the environment's charges included. */
  readonly usd: number;
  /** Why the check fails, one sentence each; none when it passes. */
  readonly reasons: readonly string[];
}

export interface JobCheck {
  readonly namespace: string;
  readonly name: string;
  /** By what its pods ask for. */
  readonly kind: "cpu" | "gpu";
  readonly ok: boolean;
  /** The job's own check: it succeeded or did not. */
  readonly status: JobStatus;
  /** Where its last pod was; null when it never got a node. */
  readonly node: NodeCheck | null;
  readonly seconds: ProvisioningSeconds;
  /** From the job's end until its node was gone; null while the node is there. */
  readonly releasedAfterSeconds: number | null;
  /** The most that was seen of a real device; null where none was measured. */
  readonly gpuPercent: number | null;
  readonly reasons: readonly string[];
}

export interface NodeCheck {
  readonly name: string;
  readonly pool: string | null;
  /** Such as `g5`. */
  readonly family: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly zone: string;
  readonly gpus: number;
  /** Karpenter's name of the GPU, such as `a10g`. */
  readonly gpu: string | null;
  /** Whether it was asked for after the job was submitted. */
  readonly provisioned: boolean;
  /** Null where nobody knows its price. */
  readonly usd: number | null;
}

/** How long each step took on the way of the job's last pod from Pending to Running; null where nobody saw it. */
export interface ProvisioningSeconds {
  /** Until the provisioner asked for a node: its NodeClaim was there. */
  readonly requested: number | null;
  readonly launched: number | null;
  readonly registered: number | null;
  readonly ready: number | null;
  /** Until its first container ran: scheduling and the image's pull. */
  readonly running: number | null;
  /** The whole way. */
  readonly total: number | null;
}

/** As people call it: the namespace only where it is not the default one. */
export function jobName({ namespace, name }: Pick<JobCheck, "namespace" | "name">): string {
  return namespace === "default" ? name : `${namespace}/${name}`;
}

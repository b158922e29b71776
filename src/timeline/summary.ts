import type { CapacityType, PhaseName } from "../kernel/vocabulary.ts";
import type { Leftover } from "./entries.ts";

/** The published version of the summary's JSON Schema; raised when a field changes its meaning or goes. */
export const summaryVersion = 1;

/**
 * The one object that `aura cycle -o json` prints and `summary.json` holds.
 * Times are RFC 3339; seconds and dollars are plain numbers.
 */
export interface Summary {
  readonly version: typeof summaryVersion;
  readonly ok: boolean;
  readonly run: string;
  readonly environment: string;
  readonly target: string;
  readonly region: string;
  readonly phases: readonly PhaseSummary[];
  readonly jobs: readonly JobSummary[];
  readonly nodes: readonly NodeSummary[];
  /** Things billed by the hour beside the nodes. */
  readonly charges: readonly { readonly name: string; readonly usdPerHour: number; readonly usd: number }[];
  /** Where the nodes' prices come from. */
  readonly prices: readonly PriceSummary[];
  /** Nodes and charges together, for the time on AWS; nodes whose price is unknown are not in it. */
  readonly usd: number;
  /** The same nodes bought on demand, and kept for the whole month: what the run is compared with. */
  readonly compare: { readonly onDemandUsd: number; readonly alwaysOnUsdPerMonth: number };
  /** What is still there after destroy; null when nobody has looked. */
  readonly leftovers: readonly Leftover[] | null;
  readonly report: {
    readonly dir: string;
    readonly html: string;
    readonly markdown: string;
    readonly timeline: string;
  } | null;
  /** What went wrong, in the command's output only; a report has it in its phases. */
  readonly error?: ErrorSummary;
}

export interface PriceSummary {
  /** Which nodes it prices. */
  readonly of: CapacityType;
  readonly source: string;
  /** The day, or the time that AWS was asked. */
  readonly asOf: string;
  /** How old that was at the end of the run. */
  readonly ageDays: number;
  /** Whether AWS said so; else the embedded catalog does. */
  readonly live: boolean;
  /** Why AWS was not asked anew, where it should have been. */
  readonly note: string | null;
}

export interface ErrorSummary {
  readonly code: string;
  readonly message: string;
  readonly why?: string;
  readonly where?: string;
  readonly fix?: string;
  readonly problems?: readonly string[];
}

export interface PhaseSummary {
  readonly name: PhaseName;
  readonly ok: boolean;
  /** As it took on this machine. */
  readonly seconds: number;
  /** As it is to be expected on AWS, estimates included. */
  readonly awsSeconds: number;
}

export type JobStatus = "succeeded" | "failed" | "timed-out" | "interrupted" | "unfinished";

export interface JobSummary {
  readonly name: string;
  readonly namespace: string;
  readonly status: JobStatus;
  readonly exitCode: number | null;
  /** From submission to the first container's start, in the cluster's time. */
  readonly pendingSeconds: number;
  /** From the first container's start to the end, in the cluster's time. */
  readonly runSeconds: number;
  readonly message: string | null;
  readonly attempts: number;
  readonly node: {
    readonly name: string;
    readonly instanceType: string;
    readonly capacityType: CapacityType;
    readonly zone: string;
    readonly gpus: number;
    /** Null where nobody knows it. */
    readonly usdPerHour: number | null;
  } | null;
}

export interface NodeSummary {
  readonly name: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly zone: string;
  readonly gpus: number;
  readonly launchedAt: string | null;
  readonly readyAt: string | null;
  readonly goneAt: string | null;
  /** Null where nobody knows it, and so is what it cost. */
  readonly usdPerHour: number | null;
  readonly usd: number | null;
  /** Share of its billed time in which a pod was running on it, 0 to 1. */
  readonly busy: number;
}

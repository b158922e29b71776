import type { ServeResult } from "../../simulate/rates-types.ts";
import type { PolicyResult } from "../../simulate/result.ts";
import type { RejectedRows } from "../../trace/trace.ts";

export const resultsVersion = 1;

/** What `aura simulate -o json` prints and `results.json` of its report holds. */
export type SimulationResults = JobResults | RateResults;

/** Policies on a trace of jobs. */
export interface JobResults {
  readonly version: typeof resultsVersion;
  readonly ok: true;
  readonly kind: "jobs";
  readonly trace: TraceFacts;
  readonly world: WorldFacts;
  readonly optimum: OptimumFacts;
  /** The least waste and waiting first. */
  readonly policies: readonly PolicyRow[];
  /** Those with most GPU-hours, as many as were asked for. */
  readonly tenants: readonly TenantRows[];
  /** The same with other worths of waiting; only where a report was asked for. */
  readonly sweep: readonly SweepPoint[];
  readonly report: ReportPaths | null;
}

export interface TraceFacts {
  readonly name: string;
  /** Of the file, such as `Aura job CSV`; `generated` where there was none. */
  readonly format: string;
  readonly startAt: string;
  readonly spanSeconds: number;
  readonly jobs: number;
  readonly users: number;
  readonly groups: number;
  /** GPUs times run time, over all jobs. */
  readonly gpuHours: number;
  /** Rows of the file that could not be used. */
  readonly rejected: RejectedRows;
  /** Jobs that no node fits, by reason. */
  readonly neverFits: readonly { readonly reason: string; readonly jobs: number }[];
}

export interface WorldFacts {
  readonly pools: number;
  readonly tenancy: "user" | "group" | "shared";
  readonly tenants: number;
  readonly region: string;
  readonly gpu: string | null;
  readonly spot: boolean;
  /** Smallest and largest of the pools. */
  readonly launchSeconds: readonly [number, number];
  readonly loadSeconds: number;
  /** ρ */
  readonly waitingWeight: number;
  /** B: smallest and largest of the pools. */
  readonly breakEvenSeconds: readonly [number, number];
  /** What was assumed where the trace and the catalog do not meet. */
  readonly notes: readonly string[];
  readonly seed: number;
}

/** In GPU-seconds. */
export interface OptimumFacts {
  readonly lossSeconds: number;
  /** Without each level's first launch. */
  readonly gapLossSeconds: number;
  /** The least that a policy spends that lets nobody wait. */
  readonly zeroWaitSeconds: number;
}

/** A ratio is null where nothing had to be spent and something was. */
export interface PolicyRow extends Omit<PolicyResult, "ratioToOptimum" | "ratioOfGaps"> {
  readonly ratioToOptimum: number | null;
  readonly ratioOfGaps: number | null;
  /** Waste and ρ times waiting, in GPU-seconds: what policies are sorted by. */
  readonly lossSeconds: number;
  /** `hindsight` knows the whole trace beforehand, as nobody can. */
  readonly kind: "policy" | "baseline" | "hindsight";
  /** Of the fixed timers, the one that came out best. */
  readonly bestTimer: boolean;
}

export interface TenantRows {
  readonly tenant: string;
  readonly jobs: number;
  readonly gpuHours: number;
  readonly policies: readonly PolicyRow[];
}

export interface SweepPoint {
  readonly waitingWeight: number;
  readonly breakEvenSeconds: readonly [number, number];
  readonly policies: readonly PolicyRow[];
}

export interface ReportPaths {
  readonly dir: string;
  readonly html: string;
  readonly results: string;
  /** Of `timelinePolicy`'s run; null where it would be too long to be of use. */
  readonly timeline: string | null;
  readonly timelinePolicy: string;
}

/** Policies on a trace of request rates. */
export interface RateResults {
  readonly version: typeof resultsVersion;
  readonly ok: true;
  readonly kind: "rates";
  readonly trace: RateFacts;
  readonly serving: ServingFacts;
  /** All series together, the least unserved within the budget first. */
  readonly policies: readonly ServeResult[];
  readonly series: readonly { readonly series: string; readonly policies: readonly ServeResult[] }[];
}

export interface RateFacts {
  readonly name: string;
  readonly format: string;
  readonly startAt: string;
  readonly stepSeconds: number;
  readonly bins: number;
  readonly series: number;
  readonly rejected: RejectedRows;
}

export interface ServingFacts {
  /** Each series is scaled to a mean of so many nodes. */
  readonly meanNodes: number;
  /** From the decision to the nodes being there. */
  readonly leadSeconds: number;
  /** Share of the bins that come first and are not scored: policies learn on them. */
  readonly warmUp: number;
}

import type { JobOutcome } from "./contexts.ts";

export interface PipelineResult {
  /** No job failed and none was cancelled. */
  readonly ok: boolean;
  readonly jobs: readonly JobResult[];
  /** What the steps wrote into their summaries, in order. */
  readonly summary: string;
  /** Names, in the order they were uploaded. */
  readonly artifacts: readonly string[];
}

export interface JobResult {
  readonly id: string;
  readonly name: string;
  readonly result: JobOutcome;
  /** Of this machine's time. */
  readonly seconds: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
  /** Why it did not run, or not to its end. */
  readonly message?: string;
}

export interface StepResult {
  readonly name: string;
  readonly id?: string;
  /** How it went. */
  readonly outcome: JobOutcome;
  /** What counts: a failure with `continue-on-error` is a success. */
  readonly conclusion: JobOutcome;
  readonly seconds: number;
  readonly message?: string;
}

/** What happens while a pipeline runs, told as it does. */
export type PipelineEvent =
  | { readonly type: "job-started"; readonly job: string }
  | { readonly type: "step-started"; readonly job: string; readonly step: string }
  | { readonly type: "line"; readonly text: string }
  | { readonly type: "step-ended"; readonly job: string; readonly step: StepResult }
  | { readonly type: "job-ended"; readonly job: JobResult };

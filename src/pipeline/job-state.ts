import type { JobOutcome, RunContexts } from "./contexts.ts";
import type { Scope } from "./expressions/evaluate.ts";
import { interpolate } from "./expressions/template.ts";
import type { Value } from "./expressions/values.ts";
import type { StepResult } from "./results.ts";
import type { Variables, Workflow, WorkflowJob } from "./workflow.ts";
import type { PipelineWorld } from "./world.ts";

/** How far a job is: what its next step may speak of and finds in its environment. */
export interface JobState {
  readonly contexts: Scope["contexts"];
  /** Once cancelled it stays so. */
  status: Exclude<JobOutcome, "skipped">;
  /** The workflow's and the job's variables, then those that steps have set. */
  env: Record<string, string>;
  path: string[];
  readonly steps: Record<string, Value>;
  readonly summaries: string[];
}

/** A job's state before its first step. Fails with ExpressionError where a variable of it has no value. */
export function jobState(workflow: Workflow, job: WorkflowJob, contexts: Scope["contexts"]): JobState {
  const scope = { contexts };
  const env = { ...variables(workflow.env, scope), ...variables(job.env, scope) };
  return { contexts, status: "success", env, path: [], steps: {}, summaries: [] };
}

export function variables(templates: Variables, scope: Scope): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([name, text]) => [name, interpolate(text, scope)]));
}

/** What a step's fields may speak of; `status` is what the job would be like. */
export function stepScope(state: JobState, { place }: PipelineWorld, status = state.status, env = state.env): Scope {
  return {
    contexts: {
      ...state.contexts,
      env,
      steps: state.steps,
      job: { status: state.status },
      runner: { os: "Linux", arch: "X64", name: "rehearsal", temp: place.temp },
    },
    status: {
      always: true,
      success: status === "success",
      failure: status === "failure",
      cancelled: status === "cancelled",
    },
  };
}

/** Takes into a job's state how a step went. */
export function settle(
  state: JobState,
  { id, outcome, conclusion }: StepResult,
  outputs: Record<string, string>,
): void {
  if (id !== undefined) state.steps[id] = { outcome, conclusion, outputs };
  if (conclusion === "failure" && state.status === "success") state.status = "failure";
}

/** What every process of a job finds in its environment, the steps' own variables aside. */
export function baseEnv(
  { github }: RunContexts,
  state: JobState,
  { place, path }: PipelineWorld,
): Record<string, string> {
  const names = Object.entries(github).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]);
  return {
    ...Object.fromEntries(names),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: place.work,
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_TEMP: place.temp,
    HOME: place.home,
    LANG: "C.UTF-8",
    PATH: [...state.path, place.bin, path].join(":"),
  };
}

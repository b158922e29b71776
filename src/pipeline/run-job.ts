import { messageOf } from "../kernel/failure.ts";
import type { RunContexts } from "./contexts.ts";
import type { Scope } from "./expressions/evaluate.ts";
import { type JobEnding, jobEnding } from "./job-ending.ts";
import { type JobState, jobState, stepScope, variables } from "./job-state.ts";
import type { Mishaps, PlacedStep } from "./mishaps.ts";
import type { JobResult, StepResult } from "./results.ts";
import { runStep } from "./run-step.ts";
import { openRunner, type Runner } from "./runner.ts";
import type { Workflow, WorkflowJob } from "./workflow.ts";
import type { PipelineWorld } from "./world.ts";

export interface JobRun {
  readonly workflow: Workflow;
  readonly job: WorkflowJob;
  readonly run: RunContexts;
  /** What its fields may speak of. */
  readonly contexts: Scope["contexts"];
  readonly world: PipelineWorld;
  readonly cancel: AbortSignal;
  readonly kill: AbortSignal;
  /** Whether a cancel of the run cancels it too. */
  readonly isCancelled: () => boolean;
  readonly mishaps: Mishaps;
  /** Takes what its steps wrote into their summaries. */
  readonly summarize: (text: string) => void;
}

/** Runs a job's steps one after another on a runner of its own. Never throws for what a step does. */
export async function runJob(options: JobRun): Promise<JobResult> {
  const { job, world } = options;
  const { clock, listener } = world;
  const startedAt = clock.now();
  listener({ type: "job-started", job: job.id });
  const runner = await openRunner(job.id, world);
  const { timeoutMinutes } = job;
  const { cancel, kill, isCancelled } = options;
  const ending = jobEnding({ clock, timeoutMinutes, cancel, kill, isCancelled });
  const steps: StepResult[] = [];
  const ended = await work(options, { runner, ending, steps })
    .catch((error: unknown): Ended => ({ result: "failure", message: messageOf(error), outputs: {} }))
    .finally(() => ending.close());
  await runner.close();
  const seconds = (clock.now() - startedAt) / 1000;
  const result = { id: job.id, name: job.name, seconds, steps, ...ended };
  listener({ type: "job-ended", job: result });
  return result;
}

type Ended = Pick<JobResult, "result" | "outputs" | "message">;

interface Equipment {
  readonly runner: Runner;
  readonly ending: JobEnding;
  readonly steps: StepResult[];
}

async function work(options: JobRun, { runner, ending, steps }: Equipment): Promise<Ended> {
  const { workflow, job, run, contexts, world, mishaps, summarize } = options;
  const state = jobState(workflow, job, contexts);
  const isAt = (step: PlacedStep | undefined, index: number) => step?.job === job.id && step.index === index;
  for (const [index, step] of job.steps.entries()) {
    const fails = isAt(mishaps.fail, index);
    steps.push(await runStep({ job, step, index, state, run, world, runner, ending, fails }));
    for (const text of state.summaries.splice(0)) summarize(text);
    if (isAt(mishaps.lose, index)) {
      await runner.lose();
      return { result: "failure", message: "the runner was lost", outputs: {} };
    }
  }
  if (ending.stop.aborted) state.status = "cancelled";
  return finished(state, options, ending.reason());
}

function finished(state: JobState, { job, world }: JobRun, reason: string | undefined): Ended {
  const outputs = variables(job.outputs, stepScope(state, world));
  return { result: state.status, outputs, ...(reason !== undefined && { message: reason }) };
}

import { makeFolder, removeTree } from "../kernel/files.ts";
import { artifactNames } from "./artifacts.ts";
import { jobContexts, type RunContexts } from "./contexts.ts";
import type { Scope } from "./expressions/evaluate.ts";
import { holds } from "./expressions/template.ts";
import type { Mishaps } from "./mishaps.ts";
import type { JobResult, PipelineResult } from "./results.ts";
import { runJob } from "./run-job.ts";
import { writeShims } from "./shims.ts";
import type { Workflow, WorkflowJob } from "./workflow.ts";
import { ancestors } from "./workflow-rules.ts";
import type { PipelineWorld } from "./world.ts";

export interface PipelineOptions {
  readonly workflow: Workflow;
  readonly run: RunContexts;
  readonly mishaps: Mishaps;
  /** Cancels the run, as a person does on GitHub. */
  readonly cancel: AbortSignal;
  /** Ends everything at once. */
  readonly kill: AbortSignal;
}

/**
 * Executes a workflow's jobs as GitHub would, but one after another, and each on a runner that knows of the others only
 * what artifacts and outputs tell. Resolves when the last one is through, however they went.
 */
export async function runPipeline(options: PipelineOptions, world: PipelineWorld): Promise<PipelineResult> {
  const { workflow } = options;
  await clear(world);
  await writeShims(world.place.bin, world.program);
  const results = new Map<string, JobResult>();
  const summaries: string[] = [];
  const summarize = (text: string) => void summaries.push(text);
  for (const job of inOrder(workflow.jobs))
    results.set(job.id, await jobResult(job, { ...options, results, summarize }, world));
  const jobs = workflow.jobs.flatMap(({ id }) => results.get(id) ?? []);
  return {
    ok: jobs.every(({ result }) => result === "success" || result === "skipped"),
    jobs,
    summary: summaries.join("\n"),
    artifacts: await artifactNames(world.place.artifacts),
  };
}

/** Artifacts are one run's; what stands for the account stays. */
async function clear({ place }: PipelineWorld): Promise<void> {
  for (const folder of [place.bin, place.artifacts, place.jobs]) await removeTree(folder);
  await makeFolder(place.artifacts);
  await makeFolder(place.cloud);
}

/** Each after those it needs; otherwise as in the file. */
function inOrder(jobs: readonly WorkflowJob[]): WorkflowJob[] {
  const left = [...jobs];
  const ordered: WorkflowJob[] = [];
  const isReady = ({ needs }: WorkflowJob) => needs.every((id) => ordered.some((job) => job.id === id));
  // needs that go round in a circle were refused when the workflow was read
  for (let at = left.findIndex(isReady); at !== -1; at = left.findIndex(isReady)) ordered.push(...left.splice(at, 1));
  return ordered;
}

interface Progress extends PipelineOptions {
  readonly results: ReadonlyMap<string, JobResult>;
  readonly summarize: (text: string) => void;
}

async function jobResult(job: WorkflowJob, progress: Progress, world: PipelineWorld): Promise<JobResult> {
  const { workflow, run, cancel, kill, mishaps, results, summarize } = progress;
  const needs = Object.fromEntries(job.needs.map((id) => [id, neededOf(results.get(id))]));
  const contexts = jobContexts({ ...run, github: { ...run.github, job: job.id } }, needs);
  const isWanted = (cancelled: boolean) =>
    holds(job.condition, { contexts, status: statusOf(job, progress, cancelled) });
  if (kill.aborted || !isWanted(cancel.aborted)) {
    const result = kill.aborted || (cancel.aborted && isWanted(false)) ? "cancelled" : "skipped";
    const skipped = { id: job.id, name: job.name, result, seconds: 0, outputs: {}, steps: [] } as const;
    world.listener({ type: "job-ended", job: skipped });
    return skipped;
  }
  const isCancelled = () => !isWanted(true);
  return runJob({ workflow, job, run, contexts, world, cancel, kill, isCancelled, mishaps, summarize });
}

function neededOf(result: JobResult | undefined) {
  return { result: result?.result ?? "skipped", outputs: result?.outputs ?? {} };
}

/** A job's `success()` is about those it needs, its `failure()` about those before them as well. */
function statusOf(job: WorkflowJob, { workflow, results }: Progress, cancelled: boolean): NonNullable<Scope["status"]> {
  const jobs = Object.fromEntries(workflow.jobs.map((each) => [each.id, each]));
  const before = [...ancestors(job.id, jobs)].map((id) => results.get(id)?.result);
  return {
    always: true,
    success: !cancelled && job.needs.every((id) => results.get(id)?.result === "success"),
    failure: !cancelled && before.includes("failure"),
    cancelled,
  };
}

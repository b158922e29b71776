import { count } from "../kernel/text.ts";
import type { JobModel, TimelineModel } from "../timeline/model-types.ts";
import { isOk } from "../timeline/summarize.ts";
import { totalText } from "./tables/nodes.ts";
import { capitalized, listed, roughDuration, secondsText } from "./words.ts";

export interface Verdict {
  readonly tone: "good" | "bad" | "open";
  /** One word: `Succeeded`, `Failed`, `Interrupted`, `Unfinished`. */
  readonly word: string;
  /** The rest of the sentence: what came of it, with cost and time. */
  readonly sentence: string;
}

/** How a run went, in one sentence. */
export function verdictOf(model: TimelineModel): Verdict {
  if (model.phases.length === 0)
    return { tone: "open", word: "Empty", sentence: "This timeline records no phase of a run." };
  if (isOk(model)) return { tone: "good", word: "Succeeded", sentence: `${jobsDone(model)} ${price(model)}` };
  const word = failureWord(model);
  return {
    tone: word === "Failed" ? "bad" : "open",
    word,
    sentence: `${capitalized(reasons(model))}. ${price(model)}`,
  };
}

function failureWord({ phases, jobs, leftovers }: TimelineModel): string {
  const states = phases.map(({ state }) => state);
  if (leftovers !== undefined && leftovers.found.length > 0) return "Failed";
  if (jobs.some(({ status }) => status === "failed" || status === "timed-out")) return "Failed";
  if (states.includes("failed")) return "Failed";
  return states.includes("interrupted") ? "Interrupted" : "Unfinished";
}

function jobsDone({ jobs, nodes }: TimelineModel): string {
  const launched = nodes.filter(({ billed }) => billed !== undefined).length;
  if (jobs.length === 0)
    return launched === 0 ? "No job was run." : `No job was run; ${count(launched, "node")} came and went.`;
  return `${count(jobs.length, "job")} ran to the end on ${count(launched, "node")}.`;
}

function reasons({ phases, jobs, leftovers }: TimelineModel): string {
  const unsuccessful = jobs.filter(({ status }) => status !== "succeeded");
  const left = leftovers?.found.length ?? 0;
  const causes = [
    ...unsuccessful.slice(0, 3).map(jobEnding),
    ...(unsuccessful.length > 3 ? [`${unsuccessful.length - 3} more jobs did not succeed`] : []),
    ...(left > 0 ? [`${count(left, "thing")} could not be taken down`] : []),
  ];
  if (causes.length > 0) return listed(causes);
  return listed(
    phases.filter(({ state }) => state !== "succeeded").map(({ name, state }) => `${name} ${phaseEndings[state]}`),
  );
}

const phaseEndings = {
  succeeded: "succeeded",
  failed: "failed",
  interrupted: "was interrupted",
  unfinished: "broke off",
};

const endings = {
  succeeded: "succeeded",
  failed: "failed",
  "timed-out": "ran out of time",
  interrupted: "was interrupted",
  unfinished: "did not end",
};

function jobEnding({ name, status, exitCode }: JobModel): string {
  const code = status === "failed" && exitCode !== undefined ? ` with exit code ${exitCode}` : "";
  return `job ${name} ${endings[status]}${code}`;
}

function price(model: TimelineModel): string {
  const { usd, awsSeconds, seconds } = model;
  const onAws = `${totalText(usd, model)} and ${roughDuration(awsSeconds)}`;
  return isRehearsal(model)
    ? `Expect about ${onAws} on AWS; rehearsed here in ${secondsText(seconds)}.`
    : `It cost ${onAws}.`;
}

/** Whether something in the run was not real. */
export function isRehearsal({ run }: TimelineModel): boolean {
  return (run?.simulated.length ?? 0) > 0;
}

export interface GpuVerdict {
  readonly job: JobModel;
  readonly result: "passed" | "failed" | "not run" | "unfinished";
  /** `1 × a10g on g5.xlarge (spot, us-east-1a)`; empty when it got no node. */
  readonly device: string;
  readonly reason: string;
  /** The end of the last attempt's log. */
  readonly tail: string;
}

const tailLines = 14;

/** For each job that asked for GPUs: whether it passed, where, on what, and its last words. */
export function gpuVerdicts(model: TimelineModel): GpuVerdict[] {
  return model.jobs.filter(({ gpus }) => gpus > 0).map((job) => gpuVerdict(job, model));
}

function gpuVerdict(job: JobModel, { logs }: TimelineModel): GpuVerdict {
  const last = job.attempts.at(-1);
  const log = logs.findLast(({ namespace, pod }) => namespace === last?.namespace && pod === last.name);
  return {
    job,
    result: gpuResult(job),
    device: job.node === undefined ? "" : deviceText(job.node),
    reason: gpuReason(job),
    tail: (log?.tail ?? "").trimEnd().split("\n").slice(-tailLines).join("\n"),
  };
}

/** A test is its job's exit code: that of the last attempt counts even where the job's own end was not seen. */
function gpuResult({ status, startedAt, attempts }: JobModel): GpuVerdict["result"] {
  if (status === "succeeded") return "passed";
  if (startedAt === undefined) return "not run";
  if (status === "failed" || status === "timed-out") return "failed";
  return attempts.at(-1)?.end === "succeeded" ? "passed" : "unfinished";
}

function gpuReason(job: JobModel): string {
  if (job.startedAt === undefined) return job.message ?? "no container was started";
  if (job.exitCode === undefined) return job.message ?? endings[job.status];
  return job.message === undefined ? `exit code ${job.exitCode}` : `exit code ${job.exitCode}: ${job.message}`;
}

function deviceText({ gpus, gpu = "GPU", instanceType, capacityType, zone }: NonNullable<JobModel["node"]>): string {
  return `${gpus} × ${gpu} on ${instanceType} (${[capacityType, zone].filter(Boolean).join(", ")})`;
}

import type { TimelineModel } from "../../timeline/model-types.ts";
import { type AutoscalingCheck, type JobCheck, jobName } from "./check.ts";
import { checkJob } from "./job-check.ts";

/**
 * Passes when at least one job was run and, for each: a node was asked for after it was submitted (with GPUs, if it asks
 * for GPUs), the job itself succeeded on it, and the node was let go because it was empty. Beyond that every phase that was
 * begun has to end well, no node may be there, and nothing may be left where a destroy has looked. Pure.
 */
export function checkAutoscaling(model: TimelineModel): AutoscalingCheck {
  const jobs = model.jobs.map((job) => checkJob(job, model));
  const reasons = [
    ...jobs.flatMap((job) => job.reasons.map((reason) => `${jobName(job)}: ${reason}`)),
    ...(jobs.length === 0 ? ["no job was run"] : []),
    ...phaseReasons(model, jobs),
    ...idleNodeReasons(model),
    ...leftoverReasons(model),
  ];
  return { ok: reasons.length === 0, jobs, leftovers: model.leftovers?.found ?? null, usd: model.usd, reasons };
}

/** A phase that went wrong for a reason that is told already is no second one. */
function phaseReasons({ phases, leftovers }: TimelineModel, jobs: readonly JobCheck[]): string[] {
  const told = {
    deploy: false,
    run: jobs.some(({ status }) => status !== "succeeded"),
    collect: false,
    destroy: (leftovers?.found.length ?? 0) > 0,
  };
  const bad = phases.filter(({ name, state }) => state !== "succeeded" && !told[name]);
  return bad.map(({ name, state, message }) => `${name} ${state === "unfinished" ? "broke off" : state}${of(message)}`);
}

/** Nodes that no job's last pod was on: those of jobs have a reason of their own. */
function idleNodeReasons({ nodes, jobs }: TimelineModel): string[] {
  const told = new Set(jobs.flatMap(({ node }) => node?.name ?? []));
  return nodes.filter(({ name, open }) => open && !told.has(name)).map(({ name }) => `node ${name} is still there`);
}

function leftoverReasons({ phases, leftovers }: TimelineModel): string[] {
  const destroyed = phases.some(({ name, state }) => name === "destroy" && state === "succeeded");
  if (leftovers === undefined) return destroyed ? ["nobody has looked for what is left after destroy"] : [];
  return leftovers.found.map(({ kind, name }) => `left after destroy: ${kind} ${name}`);
}

function of(message: string | undefined): string {
  return message === undefined ? "" : `: ${message}`;
}

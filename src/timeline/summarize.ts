import { timestamp } from "../kernel/clock.ts";
import type { TimelineEntry } from "./entries.ts";
import { timelineModel } from "./model.ts";
import type { JobModel, NodeModel, TimelineModel } from "./model-types.ts";
import { roundUsd } from "./order.ts";
import { ageDays } from "./price-sources.ts";
import { type JobSummary, type NodeSummary, type Summary, summaryVersion } from "./summary.ts";

export interface SummarizeOptions {
  /** Where the report is; null (the default) when none was written. */
  readonly report?: Summary["report"];
}

/** The summary of a timeline. Pure. */
export function summarize(entries: readonly TimelineEntry[], options: SummarizeOptions = {}): Summary {
  return summaryOf(timelineModel(entries), options);
}

/** As `summarize`, for a timeline that was read already. */
export function summaryOf(model: TimelineModel, { report = null }: SummarizeOptions = {}): Summary {
  const { run, compare } = model;
  return {
    version: summaryVersion,
    ok: isOk(model),
    run: run?.run ?? "",
    environment: run?.environment ?? "",
    target: run?.target ?? "",
    region: run?.region ?? "",
    phases: model.phases.map(({ name, state, seconds, awsSeconds }) => ({
      name,
      ok: state === "succeeded",
      seconds: roundSeconds(seconds),
      awsSeconds: roundSeconds(awsSeconds),
    })),
    jobs: model.jobs.map(jobSummary),
    nodes: model.nodes.map(nodeSummary),
    charges: model.charges.map(({ name, usdPerHour, usd }) => ({ name, usdPerHour: roundUsd(usdPerHour), usd })),
    prices: model.prices.map(({ of, source, asOf, live, note = null }) => {
      return { of, source, asOf, ageDays: ageDays({ asOf }, model.span.to), live, note };
    }),
    usd: model.usd,
    compare: { onDemandUsd: compare.onDemandUsd, alwaysOnUsdPerMonth: compare.alwaysOnUsdPerMonth },
    leftovers: model.leftovers?.found ?? null,
    report,
  };
}

/** Something ran, all that ran succeeded, and nothing is left. */
export function isOk({ phases, jobs, leftovers }: TimelineModel): boolean {
  return (
    phases.length > 0 &&
    phases.every(({ state }) => state === "succeeded") &&
    jobs.every(({ status }) => status === "succeeded") &&
    (leftovers?.found ?? []).length === 0
  );
}

function jobSummary(job: JobModel): JobSummary {
  const { node } = job;
  return {
    name: job.name,
    namespace: job.namespace,
    status: job.status,
    exitCode: job.exitCode ?? null,
    pendingSeconds: roundSeconds(job.pendingSeconds),
    runSeconds: roundSeconds(job.runSeconds),
    message: job.message ?? null,
    attempts: job.attempts.length,
    node: node === undefined ? null : { ...offer(node), name: node.name },
  };
}

function offer({ instanceType, capacityType, zone, gpus, usdPerHour, priced }: NodeModel) {
  return { instanceType, capacityType, zone, gpus, usdPerHour: priced ? usdPerHour : null };
}

function nodeSummary(node: NodeModel): NodeSummary {
  return {
    name: node.name,
    ...offer(node),
    launchedAt: time(node.at.launched),
    readyAt: time(node.at.ready),
    goneAt: time(node.at.gone),
    usd: node.priced || node.billed === undefined ? node.usd : null,
    busy: Math.round(node.busy * 1e4) / 1e4,
  };
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : timestamp(at);
}

function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

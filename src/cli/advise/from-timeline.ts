import { timestamp } from "../../kernel/clock.ts";
import { count, humanDuration } from "../../kernel/text.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import { timelineModel } from "../../timeline/model.ts";
import type { JobModel, TimelineModel } from "../../timeline/model-types.ts";
import { type Advice, type AdviceItem, adviceOf } from "./advice.ts";
import { nodeItems } from "./timeline-nodes.ts";
import { usagesOf } from "./timeline-usage.ts";
import { workloadItems } from "./workload-items.ts";

/** Somebody who waits longer keeps a cluster up instead. */
const longWaitSeconds = 600;

/** What one run wasted, from its timeline alone. */
export function adviceFromTimeline(entries: readonly TimelineEntry[], name: string): Advice {
  const model = timelineModel(entries);
  const usages = usagesOf(entries, model);
  const region = model.run?.region ?? "us-east-1";
  const hours = (model.span.to - model.span.from) / 3_600_000;
  const billed = model.nodes.filter((node) => node.billed !== undefined);
  const wasted = usages.flatMap((usage) => workloadItems(usage, { region }));
  const { length: pods } = model.pods.filter(({ requests }) => requests.gpus > 0);
  return adviceOf({
    source: { kind: "timeline", name, from: model.span.from === 0 ? null : timestamp(model.span.from), hours },
    looked: [
      `${count(model.jobs.length, "job")} and ${count(billed.length, "node")}: idle time, GPUs asked for, spot, waits`,
      pods === 0
        ? "no pod asked for a GPU"
        : `what GPUs did was measured of ${usages.length} of ${count(pods, "pod")} with GPUs`,
    ],
    held: {
      gpuHours: billed.reduce(
        (sum, { billed, gpus }) => sum + (gpus * ((billed?.to ?? 0) - (billed?.from ?? 0))) / 3_600_000,
        0,
      ),
      usd: billed.every(({ priced }) => priced) ? billed.reduce((sum, { usd }) => sum + usd, 0) : null,
    },
    items: [
      ...wasted,
      ...nodeItems(model, byPool(wasted, model)),
      ...model.jobs.flatMap((job) => waitItem(job, model)),
    ],
    notes: model.run?.target === "rehearsal" ? ["a rehearsal: nodes, prices and devices were simulated"] : [],
  });
}

/** What workloads waste, in dollars by the pool of their nodes. */
function byPool(items: readonly AdviceItem[], { pods, nodes }: TimelineModel): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { subject, usd } of items) {
    const pod = pods.find(({ namespace, name }) => `${namespace}/${name}` === subject);
    const pool = nodes.find(({ name }) => name === pod?.node)?.pool ?? "";
    sums.set(pool, (sums.get(pool) ?? 0) + (usd ?? 0));
  }
  return sums;
}

function waitItem(job: JobModel, model: TimelineModel): AdviceItem[] {
  if (job.pendingSeconds < longWaitSeconds) return [];
  const waits = model.waits.filter((wait) => wait.job === job.name && wait.namespace === job.namespace);
  const [longest] = waits.sort((a, b) => b.span.to - b.span.from - (a.span.to - a.span.from));
  const reason = longest?.reason ?? "";
  return [
    {
      cause: "long-wait",
      subject: `${job.namespace}/${job.name}`,
      user: null,
      gpuHours: 0,
      usd: 0,
      usdPerMonth: 0,
      confidence: 0.99,
      evidence: `Waited ${humanDuration(job.pendingSeconds * 1000)} before it ran${reason === "" ? "" : `: ${reason}`}.`,
      ...waitChange(reason),
    },
  ];
}

function waitChange(reason: string): Pick<AdviceItem, "change" | "paste"> {
  if (/insufficient capacity|InsufficientInstanceCapacity|no capacity|unavailable/i.test(reason)) {
    return {
      change: "allow more families, zones, or on-demand beside spot, so that capacity is found elsewhere",
      paste: null,
    };
  }
  if (/limit/i.test(reason)) return { change: "raise the pool's limits, or let other jobs end first", paste: null };
  return { change: "hold a node a little longer after a job, so that the next one finds it", paste: null };
}

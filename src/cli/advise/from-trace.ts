import { timestamp } from "../../kernel/clock.ts";
import { count, humanDuration } from "../../kernel/text.ts";
import { auraRelease } from "../../policy/release/aura-release.ts";
import { fixedHold } from "../../policy/release/fixed-hold.ts";
import type { PolicyResult } from "../../simulate/result.ts";
import { simulateAll } from "../../simulate/simulate.ts";
import { jobStatuses, type Trace } from "../../trace/trace.ts";
import { type Advice, type AdviceItem, adviceOf, perMonth } from "./advice.ts";

export interface TraceAdviceOptions {
  readonly trace: Trace;
  readonly region: string;
  /** Of all jobs, such as `a10g`; unknown: what the trace accepts, cheapest first. */
  readonly gpu?: string | undefined;
  /** Rows that could not be used. */
  readonly rejected: number;
}

/** Jobs of less use share or need less (`policy.md` 3.3). */
const lowPercent = 30;
const timerSeconds = 600;
const mostUsers = 3;

/** What a trace's jobs waste, and what a fixed timer for idle nodes wastes beside what Aura learns from the same jobs. */
export function adviceFromTrace({ trace, region, gpu, rejected }: TraceAdviceOptions): Advice {
  const fixed = { name: "fixed", release: fixedHold("fixed", timerSeconds) };
  const { world, runs } = simulateAll({
    trace,
    region,
    gpu,
    policies: [() => fixed, () => ({ name: "aura", release: auraRelease() })],
  });
  const [timer, learned] = runs.map(({ result }) => result);
  const hours = trace.spanSeconds / 3600;
  const busy = timer?.busyGpuHours ?? 0;
  const usdPerGpuHour =
    timer !== undefined && busy > 0 ? timer.costUsd / (busy + timer.idleGpuHours + timer.bootGpuHours) : null;
  const facts = { trace, hours, usdPerGpuHour };
  const used = utilizationItems(facts);
  return adviceOf({
    source: { kind: "trace", name: trace.name, from: timestamp(trace.startMs), hours },
    looked: [
      `${count(trace.jobs.count, "job")} of ${count(trace.users.length, "user")} in ${count(world.pools.length, "pool")}, on simulated nodes of ${region}`,
      used.measured === 0
        ? "no job has its utilization recorded"
        : `utilization is recorded of ${count(used.measured, "job")}`,
    ],
    held: { gpuHours: busy + (timer?.idleGpuHours ?? 0) + (timer?.bootGpuHours ?? 0), usd: timer?.costUsd ?? null },
    items: [
      ...(timer === undefined || learned === undefined ? [] : timerItem(timer, learned, hours)),
      ...used.items,
      ...failedItems(facts),
    ],
    notes: [...world.notes, ...(rejected === 0 ? [] : [`${count(rejected, "row")} of the trace could not be used`])],
  });
}

/** What a trace does not tell is what becomes of idle nodes: the timer that most clusters have is taken for it. */
function timerItem(timer: PolicyResult, learned: PolicyResult, hours: number): AdviceItem[] {
  const usd = timer.costUsd - learned.costUsd;
  const idle = (result: PolicyResult) =>
    `${Math.round(result.idleGpuHours + result.bootGpuHours)} GPU-hours of idling and booting`;
  const wait = (result: PolicyResult) => `${humanDuration(result.waitMeanSeconds * 1000)} of waiting on average`;
  if (usd <= 0) return [];
  return [
    {
      cause: "idle-by-timer",
      subject: "idle nodes",
      user: null,
      gpuHours: Math.max(0, timer.idleGpuHours + timer.bootGpuHours - learned.idleGpuHours - learned.bootGpuHours),
      usd,
      usdPerMonth: perMonth(usd, hours),
      confidence: 0.9,
      evidence: `A timer of ten minutes, as Cluster Autoscaler has it, makes ${idle(timer)} and ${wait(timer)}; holds learned from these jobs ${idle(learned)} and ${wait(learned)}.`,
      change: "let Aura learn how long to hold idle nodes; aura simulate shows it beside other timers",
      paste: null,
    },
  ];
}

interface Facts {
  readonly trace: Trace;
  readonly hours: number;
  /** Of the simulated nodes; null where none was needed. */
  readonly usdPerGpuHour: number | null;
}

interface UserSum {
  readonly jobs: number;
  readonly gpuHours: number;
  readonly wasted: number;
}

function utilizationItems(facts: Facts): { readonly items: readonly AdviceItem[]; readonly measured: number } {
  const { utilization } = facts.trace.jobs;
  const isFailed = isLongFailure(facts.trace);
  const measured = utilization.filter((percent) => !Number.isNaN(percent)).length;
  const low = (row: number) => (utilization[row] ?? 100) < lowPercent && !isFailed(row);
  const sums = byUser(facts.trace, low, (row) => 1 - (utilization[row] ?? 0) / 100);
  const items = sums.map(([user, { jobs, gpuHours, wasted }]) => ({
    ...itemOf(facts, { user, wasted }),
    cause: "low-use" as const,
    confidence: 0.9,
    evidence: `${count(jobs, "job")} used ${Math.round(100 * (1 - wasted / gpuHours))} % of ${Math.round(gpuHours)} GPU-hours, each less than ${lowPercent} %.`,
    change: "give them a share of a GPU or a smaller one, or feed them faster",
    paste: null,
  }));
  return { items, measured };
}

/** A run that failed after hours is mostly one that could have failed after minutes, or gone on from a checkpoint. */
function failedItems(facts: Facts): readonly AdviceItem[] {
  return byUser(facts.trace, isLongFailure(facts.trace), () => 1).map(([user, { jobs, wasted }]) => ({
    ...itemOf(facts, { user, wasted }),
    cause: "failed-runs",
    confidence: 0.5,
    evidence: `${count(jobs, "job")} failed after an hour and more, ${Math.round(wasted)} GPU-hours in all.`,
    change: "write checkpoints and go on from them, and try the last step of a job on a little data first",
    paste: null,
  }));
}

function isLongFailure({ jobs: { status, durationSeconds } }: Trace): (row: number) => boolean {
  const failed = jobStatuses.indexOf("failed");
  return (row) => status[row] === failed && (durationSeconds[row] ?? 0) >= 3600;
}

function itemOf({ hours, usdPerGpuHour }: Facts, { user, wasted }: { readonly user: string; readonly wasted: number }) {
  const usd = usdPerGpuHour === null ? null : wasted * usdPerGpuHour;
  return { subject: `jobs of ${user}`, user, gpuHours: wasted, usd, usdPerMonth: perMonth(usd, hours) };
}

function byUser(
  { jobs, users }: Trace,
  counts: (row: number) => boolean,
  share: (row: number) => number,
): (readonly [string, UserSum])[] {
  const sums = new Map<string, UserSum>();
  for (let row = 0; row < jobs.count; row += 1) {
    const gpuHours = ((jobs.gpus[row] ?? 0) * (jobs.durationSeconds[row] ?? 0)) / 3600;
    if (!(gpuHours > 0) || !counts(row)) continue;
    const user = users[jobs.user[row] ?? -1] ?? "unknown users";
    const sum = sums.get(user) ?? { jobs: 0, gpuHours: 0, wasted: 0 };
    sums.set(user, {
      jobs: sum.jobs + 1,
      gpuHours: sum.gpuHours + gpuHours,
      wasted: sum.wasted + gpuHours * share(row),
    });
  }
  return mostOf([...sums].sort(([, a], [, b]) => b.wasted - a.wasted));
}

/** The worst by name, the rest together: one change concerns all of them. */
function mostOf(sums: (readonly [string, UserSum])[]): (readonly [string, UserSum])[] {
  const rest = sums.slice(mostUsers);
  if (rest.length < 2) return sums;
  const add = (a: UserSum, b: UserSum): UserSum => ({
    jobs: a.jobs + b.jobs,
    gpuHours: a.gpuHours + b.gpuHours,
    wasted: a.wasted + b.wasted,
  });
  return [...sums.slice(0, mostUsers), [`${rest.length} others`, rest.map(([, sum]) => sum).reduce(add)]];
}

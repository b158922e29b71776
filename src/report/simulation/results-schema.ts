import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

import { type JobResults, type RateResults, resultsVersion, type SimulationResults } from "./results.ts";

const text = v.string();
const amount = v.pipe(v.number(), v.minValue(0));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const range = v.tuple([amount, amount]);

function said<const Schema extends v.GenericSchema>(schema: Schema, words: string) {
  return v.pipe(schema, v.description(words));
}

const usd = said(amount, "US dollars.");
const gpuHours = said(amount, "GPU-hours: a node of four GPUs that idles an hour idles four.");
const ratio = said(v.nullable(amount), "Null where nothing had to be spent.");

const rejected = v.strictObject({
  count: said(whole, "Rows of the file that could not be used."),
  causes: v.array(v.strictObject({ cause: text, count: whole, firstLine: whole })),
});

const policy = v.strictObject({
  policy: text,
  kind: said(v.picklist(["policy", "baseline", "hindsight"]), "`hindsight` knows the whole trace beforehand."),
  bestTimer: said(v.boolean(), "Of the fixed timers, the one with the least loss."),
  jobs: whole,
  completed: said(whole, "All but those that no node fits."),
  busyGpuHours: gpuHours,
  idleGpuHours: gpuHours,
  bootGpuHours: gpuHours,
  costUsd: usd,
  waitMeanSeconds: amount,
  waitP50Seconds: amount,
  waitP95Seconds: amount,
  coldShare: said(share, "Share of the jobs that waited for a node."),
  wasteSeconds: said(amount, "Idle and boot, in GPU-seconds."),
  waitGpuSeconds: amount,
  lossSeconds: said(amount, "wasteSeconds + ρ · waitGpuSeconds: what policies are sorted by."),
  ratioToOptimum: said(ratio, "lossSeconds over the clairvoyant optimum, which launches nothing ahead."),
  ratioOfGaps: said(ratio, "The same of the decisions alone, over the gaps of the trace, without first launches."),
  launches: whole,
  interruptions: whole,
  seed: whole,
  seconds: said(amount, "What the simulation took; the only figure that differs between two equal runs."),
});

const jobTrace = v.strictObject({
  name: text,
  format: text,
  startAt: v.pipe(text, v.isoTimestamp()),
  spanSeconds: amount,
  jobs: whole,
  users: whole,
  groups: whole,
  gpuHours: said(amount, "GPUs times run time, over all jobs."),
  rejected,
  neverFits: v.array(v.strictObject({ reason: text, jobs: whole })),
});

const world = v.strictObject({
  pools: whole,
  tenancy: v.picklist(["user", "group", "shared"]),
  tenants: whole,
  region: text,
  gpu: v.nullable(text),
  spot: v.boolean(),
  launchSeconds: said(range, "L: smallest and largest of the pools."),
  loadSeconds: amount,
  waitingWeight: said(amount, "ρ"),
  breakEvenSeconds: said(range, "B: smallest and largest of the pools."),
  notes: said(v.array(text), "What was assumed where the trace and the catalog do not meet."),
  seed: whole,
});

const jobResults = v.strictObject({
  version: v.literal(resultsVersion),
  ok: v.literal(true),
  kind: v.literal("jobs"),
  trace: jobTrace,
  world,
  optimum: said(
    v.strictObject({ lossSeconds: amount, gapLossSeconds: amount, zeroWaitSeconds: amount }),
    "The least possible, in GPU-seconds: in all, without first launches, and where nobody waits.",
  ),
  policies: said(v.array(policy), "The least loss first."),
  tenants: v.array(v.strictObject({ tenant: text, jobs: whole, gpuHours: amount, policies: v.array(policy) })),
  sweep: said(
    v.array(v.strictObject({ waitingWeight: amount, breakEvenSeconds: range, policies: v.array(policy) })),
    "The same trace with other worths of waiting; only with --report.",
  ),
  report: said(
    v.nullable(
      v.strictObject({ dir: text, html: text, results: text, timeline: v.nullable(text), timelinePolicy: text }),
    ),
    "Paths of the report; null when none was written.",
  ),
});

const served = v.strictObject({
  policy: text,
  series: said(text, "`pooled`: all of them together."),
  bins: whole,
  unservedShare: said(share, "Demand that no node was there for, over demand."),
  shortBins: said(share, "Bins with any of it, over bins."),
  overProvision: said(amount, "Nodes beyond demand, over demand."),
  nodeHours: amount,
  costUsd: usd,
  coverage95: said(v.optional(share), "Bins that the 95 % bound held in; absent: there is no forecast."),
});

const rateResults = v.strictObject({
  version: v.literal(resultsVersion),
  ok: v.literal(true),
  kind: v.literal("rates"),
  trace: v.strictObject({
    name: text,
    format: text,
    startAt: v.pipe(text, v.isoTimestamp()),
    stepSeconds: amount,
    bins: whole,
    series: whole,
    rejected,
  }),
  serving: v.strictObject({ meanNodes: amount, leadSeconds: amount, warmUp: share }),
  policies: said(v.array(served), "All series together, the least over-provision first."),
  series: v.array(v.strictObject({ series: text, policies: v.array(served) })),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Output<S extends v.GenericSchema> = DeepReadonly<v.InferOutput<S>>;
// does not compile when a schema and its interface part ways
const jobs: Same<Output<typeof jobResults>, DeepReadonly<JobResults>> extends true ? typeof jobResults : never =
  jobResults;
const rates: Same<Output<typeof rateResults>, DeepReadonly<RateResults>> extends true ? typeof rateResults : never =
  rateResults;
const schema = v.variant("kind", [jobs, rates]);

/** The JSON Schema (draft 2020-12) of what `aura simulate -o json` prints and `results.json` holds. */
export function simulationJsonSchema(): object {
  return {
    $id: `urn:aura:schema:simulation:v${resultsVersion}`,
    title: `Aura simulation, version ${resultsVersion}`,
    description: "What `aura simulate -o json` prints and `results.json` holds. Seconds and dollars are plain numbers.",
    ...toJsonSchema(schema, { target: "draft-2020-12" }),
  };
}

/** Whether a value is a simulation's results; throws a valibot error that names the first field that is not. */
export function parseResults(value: unknown): SimulationResults {
  return v.parse(schema, value);
}

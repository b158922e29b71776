import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

import { type Summary, summaryVersion } from "./summary.ts";

const text = v.string();
const amount = v.pipe(v.number(), v.minValue(0));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const usd = v.pipe(amount, v.description("US dollars."));
const usdPerHour = v.pipe(amount, v.description("US dollars per hour."));
const unknownUsd = v.pipe(v.nullable(amount), v.description("US dollars; null where nobody knows the price."));
const unknownUsdPerHour = v.pipe(
  v.nullable(amount),
  v.description("US dollars per hour; null where nobody knows the price."),
);
const time = v.pipe(
  v.nullable(v.pipe(v.string(), v.isoTimestamp())),
  v.description("In the cluster's time, RFC 3339; null when it did not happen."),
);
const capacityType = v.picklist(["spot", "on-demand"]);

const phase = v.strictObject({
  name: v.picklist(["deploy", "run", "collect", "destroy"]),
  ok: v.boolean(),
  seconds: v.pipe(amount, v.description("As it took on this machine.")),
  awsSeconds: v.pipe(amount, v.description("As it is to be expected on AWS, estimates included.")),
});

const job = v.strictObject({
  name: text,
  namespace: text,
  status: v.picklist(["succeeded", "failed", "timed-out", "interrupted", "unfinished"]),
  exitCode: v.pipe(
    v.nullable(v.pipe(v.number(), v.integer())),
    v.description("Of the last attempt; null when none ended."),
  ),
  pendingSeconds: v.pipe(
    amount,
    v.description("From submission to the first container's start, in the cluster's time."),
  ),
  runSeconds: v.pipe(amount, v.description("From the first container's start to the end, in the cluster's time.")),
  message: v.nullable(text),
  attempts: v.pipe(whole, v.description("Pods that were made for it.")),
  node: v.pipe(
    v.nullable(
      v.strictObject({
        name: text,
        instanceType: text,
        capacityType,
        zone: text,
        gpus: whole,
        usdPerHour: unknownUsdPerHour,
      }),
    ),
    v.description("Where the last attempt ran; null when it never got a node."),
  ),
});

const node = v.strictObject({
  name: text,
  instanceType: text,
  capacityType,
  zone: text,
  gpus: whole,
  launchedAt: time,
  readyAt: time,
  goneAt: time,
  usdPerHour: unknownUsdPerHour,
  usd: unknownUsd,
  busy: v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(1),
    v.description("Share of its billed time in which a pod was running on it."),
  ),
});

const price = v.strictObject({
  of: v.pipe(capacityType, v.description("Which nodes it prices.")),
  source: text,
  asOf: v.pipe(text, v.description("The day, or the time that AWS was asked.")),
  ageDays: v.pipe(whole, v.description("How old that was at the end of the run.")),
  live: v.pipe(v.boolean(), v.description("Whether AWS said so; else the embedded catalog does.")),
  note: v.pipe(
    v.nullable(text),
    v.description("Why AWS was not asked anew, where it should have been; null where it need not."),
  ),
});

const summarySchema = v.strictObject({
  version: v.pipe(v.literal(summaryVersion), v.description("Raised when a field changes its meaning or goes.")),
  ok: v.pipe(v.boolean(), v.description("Every phase and every job succeeded and nothing is left.")),
  run: text,
  environment: text,
  target: text,
  region: text,
  phases: v.array(phase),
  jobs: v.array(job),
  nodes: v.array(node),
  charges: v.pipe(
    v.array(v.strictObject({ name: text, usdPerHour, usd })),
    v.description("Things billed by the hour beside the nodes."),
  ),
  prices: v.pipe(v.array(price), v.description("Where the nodes' prices come from.")),
  usd: v.pipe(
    amount,
    v.description("Nodes and charges together, for the time on AWS; nodes whose price is unknown are not in it."),
  ),
  compare: v.pipe(
    v.strictObject({ onDemandUsd: usd, alwaysOnUsdPerMonth: usd }),
    v.description("The same nodes bought on demand, and kept for the whole month."),
  ),
  leftovers: v.pipe(
    v.nullable(v.array(v.strictObject({ kind: text, name: text, fix: v.exactOptional(text) }))),
    v.description(
      "What is still there after destroy, each with a command that removes it where there is one; null when nobody has looked.",
    ),
  ),
  report: v.pipe(
    v.nullable(v.strictObject({ dir: text, html: text, markdown: text, timeline: text })),
    v.description("Paths of the report; null when none was written."),
  ),
  error: v.exactOptional(
    v.pipe(
      v.strictObject({
        code: text,
        message: text,
        why: v.exactOptional(text),
        where: v.exactOptional(text),
        fix: v.exactOptional(text),
        problems: v.exactOptional(v.array(text)),
      }),
      v.description("What went wrong; absent when nothing did."),
    ),
  ),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Matching = Same<DeepReadonly<v.InferOutput<typeof summarySchema>>, DeepReadonly<Summary>>;
// does not compile when the schema and the interface part ways
const schema: Matching extends true ? typeof summarySchema : never = summarySchema;

/** The JSON Schema (draft 2020-12) of what `aura cycle -o json` prints and `summary.json` holds. */
export function summaryJsonSchema(): object {
  return {
    $id: `urn:aura:schema:summary:v${summaryVersion}`,
    title: `Aura run summary, version ${summaryVersion}`,
    description: "What `aura cycle -o json` prints and `summary.json` holds. Seconds and dollars are plain numbers.",
    ...toJsonSchema(schema, { target: "draft-2020-12" }),
  };
}

/** Whether a value is a Summary, field by field; throws a valibot error that names the first field that is not. */
export function parseSummary(value: unknown): Summary {
  return v.parse(schema, value);
}

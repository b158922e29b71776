import * as v from "valibot";

import type { TimelineEntry } from "./entries.ts";

const text = v.string();
const amount = v.number();
const texts = v.array(text);
const optionalText = v.exactOptional(text);
const optionalAmount = v.exactOptional(amount);
const phaseName = v.picklist(["deploy", "run", "collect", "destroy"]);
const head = { at: amount, wall: amount };

// loose objects: fields that a newer version adds are kept and not minded
const schemas = {
  run: v.looseObject({
    ...head,
    type: v.literal("run"),
    run: text,
    environment: text,
    target: text,
    region: text,
    version: text,
    speed: amount,
    simulated: texts,
    budgetUsd: optionalAmount,
  }),
  phase: v.looseObject({
    ...head,
    type: v.literal("phase"),
    phase: phaseName,
    state: v.picklist(["started", "succeeded", "failed", "interrupted"]),
    message: optionalText,
  }),
  step: v.looseObject({
    ...head,
    type: v.literal("step"),
    phase: phaseName,
    step: text,
    state: v.picklist(["started", "succeeded", "failed", "unchanged"]),
    message: optionalText,
  }),
  resource: v.looseObject({
    ...head,
    type: v.literal("resource"),
    address: text,
    resourceType: text,
    action: v.picklist(["create", "update", "delete", "replace"]),
    state: v.picklist(["started", "succeeded", "failed"]),
    seconds: optionalAmount,
    done: amount,
    of: amount,
  }),
  job: v.looseObject({
    ...head,
    type: v.literal("job"),
    namespace: text,
    name: text,
    state: v.picklist(["submitted", "succeeded", "failed", "timed-out", "interrupted"]),
    message: optionalText,
    gpus: amount,
  }),
  pod: v.looseObject({
    ...head,
    type: v.literal("pod"),
    namespace: text,
    name: text,
    uid: text,
    job: optionalText,
    state: v.picklist(["created", "scheduled", "pulling", "running", "succeeded", "failed", "gone"]),
    node: optionalText,
    exitCode: optionalAmount,
    reason: optionalText,
    message: optionalText,
    requests: v.looseObject({ cpuMillis: amount, memoryMib: amount, gpus: amount }),
  }),
  node: v.looseObject({
    ...head,
    type: v.literal("node"),
    name: text,
    state: v.picklist(["requested", "launched", "registered", "ready", "disrupted", "gone"]),
    node: optionalText,
    pool: optionalText,
    instanceType: optionalText,
    capacityType: v.exactOptional(v.picklist(["spot", "on-demand"])),
    zone: optionalText,
    gpus: optionalAmount,
    gpu: optionalText,
    usdPerHour: optionalAmount,
    onDemandUsdPerHour: optionalAmount,
    priceEstimated: v.exactOptional(v.boolean()),
    reason: optionalText,
  }),
  wait: v.looseObject({ ...head, type: v.literal("wait"), namespace: text, pod: text, reason: text }),
  event: v.looseObject({
    ...head,
    type: v.literal("event"),
    level: v.picklist(["Normal", "Warning"]),
    kind: text,
    namespace: optionalText,
    name: text,
    reason: text,
    message: text,
    source: optionalText,
  }),
  usage: v.looseObject({
    ...head,
    type: v.literal("usage"),
    namespace: text,
    pod: text,
    cpuMillis: optionalAmount,
    memoryMib: optionalAmount,
    gpus: v.exactOptional(v.array(v.looseObject({ utilizationPercent: amount, memoryMib: amount }))),
  }),
  prices: v.looseObject({
    ...head,
    type: v.literal("prices"),
    sources: v.array(
      v.looseObject({
        of: v.picklist(["spot", "on-demand"]),
        source: text,
        asOf: text,
        live: v.boolean(),
        note: optionalText,
      }),
    ),
  }),
  charge: v.looseObject({
    ...head,
    type: v.literal("charge"),
    name: text,
    usdPerHour: amount,
    state: v.picklist(["started", "ended"]),
    source: text,
  }),
  estimate: v.looseObject({
    ...head,
    type: v.literal("estimate"),
    phase: phaseName,
    name: text,
    seconds: amount,
    source: text,
  }),
  log: v.looseObject({
    ...head,
    type: v.literal("log"),
    namespace: text,
    pod: text,
    container: text,
    path: text,
    bytes: amount,
    tail: text,
  }),
  output: v.looseObject({
    ...head,
    type: v.literal("output"),
    namespace: text,
    pod: text,
    job: optionalText,
    path: text,
    bytes: amount,
  }),
  metrics: v.looseObject({
    ...head,
    type: v.literal("metrics"),
    source: text,
    path: text,
    bytes: amount,
    figures: v.array(v.looseObject({ name: text, value: amount, unit: optionalText })),
  }),
  leftovers: v.looseObject({
    ...head,
    type: v.literal("leftovers"),
    checked: texts,
    found: v.array(v.looseObject({ kind: text, name: text, fix: optionalText })),
  }),
} satisfies Record<TimelineEntry["type"], v.GenericSchema>;

/** One line of a timeline; `type` says which shape it must have. */
export const entrySchema: v.GenericSchema<unknown, unknown> = v.variant("type", [
  schemas.run,
  schemas.phase,
  schemas.step,
  schemas.resource,
  schemas.job,
  schemas.pod,
  schemas.node,
  schemas.wait,
  schemas.event,
  schemas.usage,
  schemas.prices,
  schemas.charge,
  schemas.estimate,
  schemas.log,
  schemas.output,
  schemas.metrics,
  schemas.leftovers,
]);

/** Whether this version knows what an entry of this type says. */
export function isKnownType(type: string): boolean {
  return Object.hasOwn(schemas, type);
}

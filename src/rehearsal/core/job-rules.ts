import type { AnyObject } from "../../cluster/objects.ts";
import { atLeast, each, mostInt, oneOf, unchanged } from "./checks.ts";
import type { CoreContext } from "./context.ts";
import { arrayOr, at, equal, isObject, type JsonObject, objectIn, objectOr, without } from "./json.ts";
import { setDefaults } from "./pod-defaults.ts";
import { probeWarnings } from "./pod-rules.ts";
import { type Problem, problem } from "./status-errors.ts";
import { checkSelected, checkTemplate, checkWorkloadSelector, defaultTemplate } from "./template-rules.ts";

/** Fields that a Job has and may not change, beside completions and template. */
const immutable = [
  "selector",
  "completionMode",
  "podFailurePolicy",
  "backoffLimitPerIndex",
  "managedBy",
  "successPolicy",
];

/** As k8s.io/kubernetes/pkg/apis/batch defaults and validates a Job (1.35). */
export const jobRules = {
  prepare(job: AnyObject, _: CoreContext, old?: AnyObject): void {
    const spec = objectIn(job, "spec");
    const template = defaultTemplate(spec);
    if (spec["parallelism"] === undefined && spec["completions"] === undefined) setDefaults(spec, { completions: 1 });
    setDefaults(spec, {
      parallelism: 1,
      backoffLimit: spec["backoffLimitPerIndex"] === undefined ? 6 : mostInt,
      manualSelector: false,
      completionMode: "NonIndexed",
      suspend: false,
      podReplacementPolicy: spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed",
    });
    for (const rule of arrayOr(objectOr(spec["podFailurePolicy"])["rules"]))
      for (const pattern of arrayOr(rule["onPodConditions"])) setDefaults(pattern, { status: "True" });
    if (old !== undefined) return;
    if (spec["manualSelector"] !== true) generateSelector(job, spec, template);
    job["status"] = {};
  },

  check(job: AnyObject, old: AnyObject | undefined): Problem[] {
    const spec = objectOr(job["spec"]);
    return [
      ...checkNumbers(spec),
      ...checkMode(spec),
      ...checkFailurePolicy(spec),
      ...checkTemplate(spec["template"], "spec.template"),
      ...checkRestartPolicy(spec),
      ...checkWorkloadSelector(spec["selector"]),
      ...checkSelected(spec),
      ...(old === undefined ? [] : checkChange(old, spec)),
    ];
  },

  warnings: ({ spec }: AnyObject): string[] => probeWarnings(objectOr(at(spec, "template.spec")), "spec.template.spec"),
};

function checkNumbers(spec: JsonObject): Problem[] {
  const counts = ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"];
  return [...counts, "backoffLimitPerIndex", "maxFailedIndexes"].flatMap((field) =>
    atLeast(spec[field], `spec.${field}`, 0),
  );
}

function checkMode(spec: JsonObject): Problem[] {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const modes = oneOf(completionMode, "spec.completionMode", ["Indexed", "NonIndexed"]);
  if (completionMode !== "Indexed") {
    const needs = "may only be set when completion mode is Indexed";
    const extra = Object.entries({ backoffLimitPerIndex, maxFailedIndexes }).filter(([, value]) => value !== undefined);
    return [...modes, ...extra.map(([field, value]) => problem.invalid(`spec.${field}`, value, needs))];
  }
  const why = "must be less than or equal to 100000 when completion mode is Indexed";
  return [
    ...(completions === undefined ? [problem.required("spec.completions", "when completion mode is Indexed")] : []),
    ...(Number(parallelism) > 100_000 ? [problem.invalid("spec.parallelism", parallelism, why)] : []),
    ...(maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined
      ? [problem.required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified")]
      : []),
  ];
}

function checkRestartPolicy(spec: JsonObject): Problem[] {
  const policy = at(spec, "template.spec.restartPolicy");
  const field = "spec.template.spec.restartPolicy";
  if (policy === "Always") return [problem.required(field, 'valid values: "OnFailure", "Never"')];
  return isObject(spec["podFailurePolicy"]) && policy !== "Never"
    ? [problem.invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}

const actions = ["Count", "FailIndex", "FailJob", "Ignore"];

function checkFailurePolicy({ podFailurePolicy, template }: JsonObject): Problem[] {
  if (!isObject(podFailurePolicy)) return [];
  const containers = arrayOr(at(template, "spec.containers")).map(({ name }) => name);
  const one = "specifying one of OnExitCodes and OnPodConditions is required";
  const both = "specifying both OnExitCodes and OnPodConditions is not supported";
  return each(podFailurePolicy["rules"], "spec.podFailurePolicy.rules", (rule, field) => {
    const { action, onExitCodes, onPodConditions } = rule;
    const byConditions = arrayOr(onPodConditions).length > 0;
    return [
      ...(action
        ? oneOf(action, `${field}.action`, actions)
        : [problem.required(`${field}.action`, `valid values: ${JSON.stringify(actions)}`)]),
      ...(isObject(onExitCodes) ? checkExitCodes(onExitCodes, `${field}.onExitCodes`, containers) : []),
      ...(isObject(onExitCodes) && byConditions ? [problem.invalid(field, rule, both)] : []),
      ...(!isObject(onExitCodes) && !byConditions ? [problem.invalid(field, rule, one)] : []),
    ];
  });
}

function checkExitCodes(
  { operator, values, containerName }: JsonObject,
  field: string,
  containers: readonly unknown[],
) {
  const codes = arrayOr<number>(values);
  const zero = "must not be 0 for the In operator";
  return [
    ...oneOf(operator, `${field}.operator`, ["In", "NotIn"]),
    ...(containerName === undefined || containers.includes(containerName)
      ? []
      : [
          problem.invalid(
            `${field}.containerName`,
            containerName,
            "must be one of the container or initContainer names in the pod template",
          ),
        ]),
    ...(codes.length === 0 ? [problem.invalid(`${field}.values`, codes, "at least one value is required")] : []),
    ...codes.flatMap((code, index) => [
      ...(operator === "In" && code === 0 ? [problem.invalid(`${field}.values[${index}]`, code, zero)] : []),
      ...(codes.indexOf(code) < index ? [problem.duplicate(`${field}.values[${index}]`, code)] : []),
    ]),
  ];
}

/** The labels by which a Job finds its pods: on the template, the selector and (if it has none) the Job itself. */
function generateSelector(job: AnyObject, spec: JsonObject, template: JsonObject): void {
  const { uid = "", name = "" } = job.metadata;
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  const metadata = objectOr(template["metadata"]);
  template["metadata"] = { ...metadata, labels: { ...objectOr(metadata["labels"]), ...labels } };
  spec["selector"] = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  job.metadata.labels ??= objectOr(at(template, "metadata.labels")) as Record<string, string>;
}

/** Where a Job that is suspended and has not begun may still be told to run. */
const schedulable = ["nodeSelector", "tolerations", "affinity", "schedulingGates"];

function checkChange(old: AnyObject, next: JsonObject): Problem[] {
  const before = objectOr(old["spec"]);
  const isElastic = next["completionMode"] === "Indexed" && next["completions"] === next["parallelism"];
  const isWaiting = before["suspend"] === true && at(old, "status.startTime") === undefined;
  const fixed = (spec: unknown) => (isWaiting ? fixedTemplate(objectOr(spec)) : objectOr(spec)["template"]);
  return [
    ...unchanged(before, next, isElastic ? [] : ["completions"], equal),
    ...(equal(fixed(before), fixed(next))
      ? []
      : [problem.invalid("spec.template", next["template"], "field is immutable")]),
    ...unchanged(before, next, immutable, equal),
  ];
}

function fixedTemplate({ template }: JsonObject): JsonObject {
  return without(objectOr(at(template, "spec")), ...schedulable);
}

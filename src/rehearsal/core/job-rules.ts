import type { AnyObject } from "../../cluster/objects.ts";
import { all, atLeast, type Check, checkOf, fields, filled, items, mostInt, oneOf, unchanged } from "./checks.ts";
import type { CoreContext } from "./context.ts";
import { arrayOr, at, equal, isObject, type JsonObject, objectIn, objectOr, without } from "./json.ts";
import { setDefaults } from "./pod-defaults.ts";
import { probeWarnings } from "./pod-rules.ts";
import { type Problem, problem } from "./status-errors.ts";
import { defaultTemplate, template, workloadSelector } from "./template-rules.ts";

const mode: Check = (completionMode, _, spec) => {
  const { completions, parallelism, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const needs = "may only be set when completion mode is Indexed";
  if (completionMode !== "Indexed")
    return Object.entries({ backoffLimitPerIndex, maxFailedIndexes })
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => problem.invalid(`spec.${field}`, value, needs));
  const why = "must be less than or equal to 100000 when completion mode is Indexed";
  const isUnlimited = maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined;
  return [
    ...(completions === undefined ? [problem.required("spec.completions", "when completion mode is Indexed")] : []),
    ...(Number(parallelism) > 100_000 ? [problem.invalid("spec.parallelism", parallelism, why)] : []),
    ...(isUnlimited ? [problem.required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified")] : []),
  ];
};

const restartPolicy: Check = (value, _, { podFailurePolicy }) => {
  const policy = at(value, "spec.restartPolicy");
  const field = "spec.template.spec.restartPolicy";
  if (policy === "Always") return [problem.required(field, 'valid values: "OnFailure", "Never"')];
  return isObject(podFailurePolicy) && policy !== "Never"
    ? [problem.invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
};

const codes: Check = (values, path, { operator }) => {
  const list = arrayOr<number>(values);
  if (list.length === 0) return [problem.invalid(path, list, "at least one value is required")];
  return list.flatMap((code, index) => [
    ...(operator === "In" && code === 0
      ? [problem.invalid(`${path}[${index}]`, code, "must not be 0 for the In operator")]
      : []),
    ...(list.indexOf(code) < index ? [problem.duplicate(`${path}[${index}]`, code)] : []),
  ]);
};

const eitherPart: Check = (rule, path) => {
  const { onExitCodes, onPodConditions } = objectOr(rule);
  const byConditions = arrayOr(onPodConditions).length > 0;
  if (isObject(onExitCodes) !== byConditions) return [];
  const why = byConditions
    ? "specifying both OnExitCodes and OnPodConditions is not supported"
    : "specifying one of OnExitCodes and OnPodConditions is required";
  return [problem.invalid(path, rule, why)];
};

const actions = ["Count", "FailIndex", "FailJob", "Ignore"];
const podFailurePolicy: Check = (policy, path, spec, pod) => {
  const names = arrayOr(at(spec, "template.spec.containers")).map(({ name }) => name);
  const why = "must be one of the container or initContainer names in the pod template";
  const exitCodes = fields({
    operator: oneOf("In", "NotIn"),
    containerName: (name, field) =>
      name === undefined || names.includes(name) ? [] : [problem.invalid(field, name, why)],
    values: codes,
  });
  const action = filled(oneOf(...actions), `valid values: ${JSON.stringify(actions)}`);
  return fields({ rules: items(all(fields({ action, onExitCodes: exitCodes }), eitherPart)) })(policy, path, spec, pod);
};

const jobSpec = fields({
  parallelism: atLeast(0),
  completions: atLeast(0),
  activeDeadlineSeconds: atLeast(0),
  backoffLimit: atLeast(0),
  ttlSecondsAfterFinished: atLeast(0),
  backoffLimitPerIndex: atLeast(0),
  maxFailedIndexes: atLeast(0),
  completionMode: all(oneOf("Indexed", "NonIndexed"), mode),
  podFailurePolicy,
  template: all(template, restartPolicy),
  selector: workloadSelector,
});

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
    const made = defaultTemplate(spec);
    if (spec["parallelism"] === undefined && spec["completions"] === undefined) setDefaults(spec, { completions: 1 });
    setDefaults(spec, {
      parallelism: 1,
      backoffLimit: spec["backoffLimitPerIndex"] === undefined ? 6 : mostInt,
      podReplacementPolicy: spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed",
    });
    if (old !== undefined) return;
    if (spec["manualSelector"] !== true) generateSelector(job, spec, made);
    job["status"] = {};
  },

  check: checkOf({ spec: jobSpec }),
  change: checkChange,

  warnings: ({ spec }: AnyObject): string[] => probeWarnings(objectOr(at(spec, "template.spec")), "spec.template.spec"),
};

/** The labels by which a Job finds its pods: on the template, the selector and (if it has none) the Job itself. */
function generateSelector(job: AnyObject, spec: JsonObject, made: JsonObject): void {
  const { uid = "", name = "" } = job.metadata;
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  const metadata = objectOr(made["metadata"]);
  made["metadata"] = { ...metadata, labels: { ...objectOr(metadata["labels"]), ...labels } };
  spec["selector"] = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  job.metadata.labels ??= objectOr(at(made, "metadata.labels")) as Record<string, string>;
}

/** Where a Job that is suspended and has not begun may still be told to run. */
const schedulable = ["nodeSelector", "tolerations", "affinity", "schedulingGates"];

function checkChange(job: AnyObject, old: AnyObject): Problem[] {
  const next = objectOr(job["spec"]);
  const before = objectOr(old["spec"]);
  const isElastic = next["completionMode"] === "Indexed" && next["completions"] === next["parallelism"];
  const isWaiting = before["suspend"] === true && at(old, "status.startTime") === undefined;
  const fixed = (spec: unknown) => (isWaiting ? fixedTemplate(objectOr(spec)) : objectOr(spec)["template"]);
  return [
    ...unchanged(before, next, isElastic ? [] : ["completions"]),
    ...(equal(fixed(before), fixed(next))
      ? []
      : [problem.invalid("spec.template", next["template"], "field is immutable")]),
    ...unchanged(before, next, immutable),
  ];
}

function fixedTemplate(spec: JsonObject): JsonObject {
  return without(objectOr(at(spec, "template.spec")), ...schedulable);
}

import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "../core/context.ts";
import { arrayOr, at, equal, isObject, type JsonObject, objectIn, objectOr, without } from "../core/json.ts";
import { labelMatcher } from "../core/selectors.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import {
  all,
  atLeast,
  type Check,
  checkOf,
  fields,
  filled,
  items,
  labelSelector,
  mostInt,
  oneOf,
  unchanged,
} from "./checks.ts";
import { setDefaults } from "./pod-defaults.ts";
import { defaultTemplate, template, templateWarnings, workloadSelector } from "./template-rules.ts";

const mode: Check = (completionMode, _, spec) => {
  const { completions, parallelism, backoffLimitPerIndex, maxFailedIndexes, successPolicy } = spec;
  const needs = "requires indexed completion mode";
  if (completionMode !== "Indexed")
    return Object.entries({ backoffLimitPerIndex, maxFailedIndexes, successPolicy })
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => problem.invalid(`spec.${field}`, value, needs));
  const why = "must be less than or equal to 100000 when completion mode is Indexed";
  const isUnlimited = maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined;
  return [
    ...(completions === undefined ? [problem.required("spec.completions", "when completion mode is Indexed")] : []),
    ...(Number(parallelism) > 100_000 ? [problem.invalid("spec.parallelism", parallelism, why)] : []),
    ...(isUnlimited ? [problem.required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified")] : []),
    ...atMostCompletions(maxFailedIndexes, "spec.maxFailedIndexes", spec, "completions"),
    ...successPolicyOf(spec)(successPolicy, "spec.successPolicy", spec, {}),
  ];
};

function atMostCompletions(count: unknown, path: string, { completions }: JsonObject, text: string): Problem[] {
  const isMore = count !== undefined && completions !== undefined && Number(count) > Number(completions);
  return isMore ? [problem.invalid(path, count, `must be less than or equal to ${text}`)] : [];
}

function successPolicyOf(spec: JsonObject): Check {
  const text = `${spec["completions"]} (the number of specified completions)`;
  const some: Check = (rule, path) => {
    const { succeededCount, succeededIndexes } = objectOr(rule);
    const isEmpty = succeededCount === undefined && succeededIndexes === undefined;
    const why = "at least one of succeededCount or succeededIndexes must be specified";
    return isEmpty ? [problem.required(path, why)] : [];
  };
  const succeededCount: Check = (count, path) => atMostCompletions(count, path, spec, text);
  return fields({ rules: items(all(some, fields({ succeededCount }))) });
}

const podReplacementPolicy: Check = (value, path, { podFailurePolicy: policy }, pod) =>
  oneOf(...(isObject(policy) ? ["Failed"] : ["Failed", "TerminatingOrFailed"]))(value, path, {}, pod);

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
  const isOrdered = list.every((code, index) => index === 0 || code >= Number(list[index - 1]));
  const problems = list.flatMap((code, index) => [
    ...(operator === "In" && code === 0
      ? [problem.invalid(`${path}[${index}]`, code, "must not be 0 for the In operator")]
      : []),
    ...(list.indexOf(code) < index ? [problem.duplicate(`${path}[${index}]`, code)] : []),
  ]);
  return isOrdered ? problems : [...problems, problem.invalid(path, list, "must be ordered")];
};

const eitherPart: Check = (rule, path) => {
  const { onExitCodes, onPodConditions } = objectOr(rule);
  const byConditions = arrayOr(onPodConditions).length > 0;
  if (isObject(onExitCodes) !== byConditions) return [];
  const why = byConditions
    ? "specifying both OnExitCodes and OnPodConditions is not supported"
    : "specifying one of OnExitCodes and OnPodConditions is required";
  return [problem.rule(path, why)];
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
  const perIndex: Check = (name, field) =>
    name === "FailIndex" && objectOr(spec)["backoffLimitPerIndex"] === undefined
      ? [problem.invalid(field, name, "requires the backoffLimitPerIndex to be set")]
      : [];
  const action = filled(all(oneOf(...actions), perIndex), `valid values: ["${actions.join('" "')}"]`);
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
  completionMode: all(oneOf("NonIndexed", "Indexed"), mode),
  podFailurePolicy,
  podReplacementPolicy,
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

const checkSpec = checkOf({ spec: jobSpec });

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

  check: (job: AnyObject, old?: AnyObject) => [...(old ? [] : checkGenerated(job)), ...checkSpec(job)],
  change: checkChange,
  warnings: templateWarnings,
};

/** The labels by which a Job finds its pods: on the template, the selector and (if it has none) the Job itself. */
function generateSelector(job: AnyObject, spec: JsonObject, made: JsonObject): void {
  const { uid = "", name = "" } = job.metadata;
  const labels = jobLabels(uid, name);
  const metadata = objectOr(made["metadata"]);
  made["metadata"] = { ...metadata, labels: { ...objectOr(metadata["labels"]), ...labels } };
  const selector = objectOr(spec["selector"]);
  const byUid = { "batch.kubernetes.io/controller-uid": uid };
  spec["selector"] = { ...selector, matchLabels: { ...byUid, ...objectOr(selector["matchLabels"]) } };
  job.metadata.labels ??= objectOr(at(made, "metadata.labels")) as Record<string, string>;
}

/** A selector of the user's own has to be declared as such. */
function checkGenerated({ metadata: { uid = "", name = "" }, spec }: AnyObject): Problem[] {
  const { manualSelector, selector } = objectOr(spec);
  if (manualSelector === true || labelSelector(selector, "", {}, {}).length > 0) return [];
  return labelMatcher(objectOr(selector))(jobLabels(uid, name))
    ? []
    : [problem.invalid("spec.selector", selector, "`selector` not auto-generated")];
}

const jobLabels = (uid: string, name: string) => ({
  "batch.kubernetes.io/controller-uid": uid,
  "batch.kubernetes.io/job-name": name,
  "controller-uid": uid,
  "job-name": name,
});

/** Where a Job that is suspended and has not begun may still be told to run. */
const schedulable = ["nodeSelector", "tolerations", "affinity", "schedulingGates"];

function checkChange(job: AnyObject, old: AnyObject): Problem[] {
  const next = objectOr(job["spec"]);
  const before = objectOr(old["spec"]);
  const isElastic = next["completionMode"] === "Indexed";
  const isAlone = isElastic && next["completions"] !== next["parallelism"];
  const alone = "can only be modified in tandem with spec.parallelism";
  const isWaiting = before["suspend"] === true && at(old, "status.startTime") === undefined;
  const fixed = (spec: unknown) => (isWaiting ? fixedTemplate(objectOr(spec)) : objectOr(spec)["template"]);
  return [
    ...unchanged(before, next, isElastic ? [] : ["completions"]),
    ...(isAlone && before["completions"] !== next["completions"]
      ? [problem.invalid("spec.completions", next["completions"], alone)]
      : []),
    ...(equal(fixed(before), fixed(next))
      ? []
      : [problem.invalid("spec.template", next["template"], "field is immutable")]),
    ...unchanged(before, next, immutable),
  ];
}

function fixedTemplate(spec: JsonObject): JsonObject {
  return without(objectOr(at(spec, "template.spec")), ...schedulable);
}

import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "./context.ts";
import { at, equal, type JsonObject, objectIn, objectOr } from "./json.ts";
import { defaultPodSpec, setDefaults } from "./pod-defaults.ts";
import { atLeast, checkPodSpec, decodePodSpec } from "./pod-spec.ts";
import { type Problem, problem } from "./status-errors.ts";

/** Fields that a Job has and may not change. */
const immutable = [
  "completions",
  "selector",
  "template",
  "completionMode",
  "podFailurePolicy",
  "backoffLimitPerIndex",
  "managedBy",
];

export const jobRules = {
  prepare(job: AnyObject, _: CoreContext, old?: AnyObject): void {
    const spec = objectIn(job, "spec");
    const template = objectIn(spec, "template");
    const podSpec = objectIn(template, "spec");
    decodePodSpec(podSpec, "Job", "v1");
    defaultPodSpec(podSpec);
    if (spec["parallelism"] === undefined && spec["completions"] === undefined) setDefaults(spec, { completions: 1 });
    setDefaults(spec, {
      parallelism: 1,
      backoffLimit: spec["backoffLimitPerIndex"] === undefined ? 6 : 2_147_483_647,
      manualSelector: false,
      completionMode: "NonIndexed",
      suspend: false,
      podReplacementPolicy: spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed",
    });
    if (old !== undefined) return;
    if (spec["manualSelector"] !== true) generateSelector(job, spec, template);
    job["status"] = {};
  },

  check(job: AnyObject, old: AnyObject | undefined): Problem[] {
    const spec = objectOr(job["spec"]);
    const policy = at(spec, "template.spec.restartPolicy");
    return [
      ...["parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"].flatMap(
        (field) => atLeast(spec[field], `spec.${field}`, 0),
      ),
      ...checkPodSpec(objectOr(at(spec, "template.spec")), "spec.template.spec"),
      ...(policy === "Always"
        ? [problem.required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')]
        : []),
      ...(spec["completionMode"] === "Indexed" && spec["completions"] === undefined
        ? [problem.required("spec.completions", "when completion mode is Indexed")]
        : []),
      ...(old === undefined ? [] : changed(objectOr(old["spec"]), spec)),
    ];
  },
};

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

function changed(old: JsonObject, next: JsonObject): Problem[] {
  return immutable
    .filter((field) => !equal(old[field], next[field]))
    .map((field) => problem.invalid(`spec.${field}`, next[field] ?? null, "field is immutable"));
}

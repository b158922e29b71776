import type { AnyObject } from "../../cluster/objects.ts";
import { at, isObject, type JsonObject, objectIn, objectOr } from "../core/json.ts";
import { checkAnnotations } from "../core/metadata.ts";
import { labelMatcher } from "../core/selectors.ts";
import { problem } from "../core/status-errors.ts";
import { all, type Check, fields, labelMap, labelSelector } from "./checks.ts";
import { defaultPodSpec } from "./pod-defaults.ts";
import { probeWarnings } from "./pod-rules.ts";
import { podSpec } from "./pod-spec.ts";

/** Fills in the pod template of a Job, Deployment or ReplicaSet. */
export function defaultTemplate(spec: JsonObject): JsonObject {
  const template = objectIn(spec, "template");
  defaultPodSpec(objectIn(template, "spec"));
  return template;
}

export const templateWarnings = ({ spec }: AnyObject) =>
  probeWarnings(objectOr(at(spec, "template.spec")), "spec.template.spec");

const metadata: Check = (value, path) => {
  const { labels, annotations } = objectOr(value);
  const up = path.replace(/\.metadata$/, "");
  return [
    ...labelMap(labels, `${up}.labels`, {}, {}),
    ...checkAnnotations(`${up}.annotations`, objectOr(annotations) as Record<string, string>),
  ];
};

export const template = fields({ metadata, spec: podSpec });

/** The selector of a workload has to be there and well formed, and to select the pods that the template makes. */
export const workloadSelector: Check = all(
  (selector, path) => (isObject(selector) ? [] : [problem.required(path)]),
  labelSelector,
  (selector, path, spec) => {
    if (isObject(selector) && Object.keys(selector).length === 0) return [];
    if (labelSelector(selector, path, {}, {}).length > 0) return [];
    const labels = at(spec, "template.metadata.labels");
    const why = "`selector` does not match template `labels`";
    // No selector selects nothing
    return isObject(selector) && labelMatcher(selector)(objectOr(labels) as Record<string, string>)
      ? []
      : [problem.invalid("spec.template.metadata.labels", labels ?? null, why)];
  },
);

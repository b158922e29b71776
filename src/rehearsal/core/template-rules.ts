import { checkSelector, required } from "./checks.ts";
import { at, isObject, type JsonObject, objectIn, objectOr } from "./json.ts";
import { checkAnnotations, checkLabels } from "./metadata.ts";
import { defaultPodSpec } from "./pod-defaults.ts";
import { checkPodSpec } from "./pod-spec.ts";
import { selectorText } from "./selector-text.ts";
import { parseLabelSelector } from "./selectors.ts";
import { type Problem, problem } from "./status-errors.ts";

/** Fills in the pod template of a Job, Deployment or ReplicaSet. */
export function defaultTemplate(spec: JsonObject): JsonObject {
  const template = objectIn(spec, "template");
  defaultPodSpec(objectIn(template, "spec"));
  return template;
}

export function checkTemplate(template: unknown, path: string): Problem[] {
  const { metadata, spec } = objectOr(template);
  const { labels, annotations } = objectOr(metadata);
  return [
    ...checkLabels(`${path}.labels`, objectOr(labels)),
    ...checkAnnotations(`${path}.annotations`, objectOr(annotations) as Record<string, string>),
    ...checkPodSpec(objectOr(spec), `${path}.spec`),
  ];
}

/** A selector has to be there and well formed; `empty` says why it may not select everything. */
export function checkWorkloadSelector(selector: unknown, empty?: string): Problem[] {
  if (!isObject(selector)) return required(undefined, "spec.selector");
  const isEmpty = Object.keys(selector).length === 0;
  return [
    ...checkSelector(selector, "spec.selector"),
    ...(isEmpty && empty !== undefined ? [problem.invalid("spec.selector", selector, empty)] : []),
  ];
}

/** The pods that a template makes have to be among those selected. */
export function checkSelected({ selector, template }: JsonObject): Problem[] {
  if (!isObject(selector) || Object.keys(selector).length === 0 || checkSelector(selector, "").length > 0) return [];
  const labels = objectOr(at(template, "metadata.labels"));
  const why = "`selector` does not match template `labels`";
  return parseLabelSelector(selectorText(selector))(labels as Record<string, string>)
    ? []
    : [problem.invalid("spec.template.metadata.labels", labels, why)];
}

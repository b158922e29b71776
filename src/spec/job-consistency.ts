import { parseQuantity } from "../kernel/quantity.ts";
import { didYouMean } from "../kernel/text.ts";
import { annotationPrefix, annotations } from "./annotations.ts";
import { type Finding, isTouched } from "./issues.ts";
import type { ContainerFile, JobFile } from "./job-schema.ts";
import { type FieldPath, gotText } from "./problems.ts";

const gpuResource = "nvidia.com/gpu";

/** What is wrong between fields of a Job that are each right. `job` may be broken where `found` says so. */
export function jobInconsistencies(job: JobFile | undefined, found: readonly Finding[]): Finding[] {
  const spec = ["spec"];
  const pod = [...spec, "template", "spec"];
  const metadatas: FieldPath[] = [["metadata"], ["spec", "template", "metadata"]];
  const rules = [
    ...metadatas.map((path) => ({ needs: path, check: () => ownAnnotations(path, annotationsOf(job, path)) })),
    { needs: spec, check: () => (job ? [...policyThatApplies(job), ...indexedCompletions(job)] : []) },
    { needs: pod, check: () => (job ? podRules(pod, job) : []) },
  ];
  return rules.filter((rule) => !isTouched([rule.needs], found)).flatMap((rule) => rule.check());
}

function annotationsOf(job: JobFile | undefined, path: FieldPath): Record<string, unknown> {
  return (path[0] === "metadata" ? job?.metadata : job?.spec.template.metadata)?.annotations ?? {};
}

function ownAnnotations(path: FieldPath, given: Record<string, unknown>): Finding[] {
  const known = Object.values(annotations);
  const unknown = Object.keys(given).filter(
    (key) => key.startsWith(annotationPrefix) && !known.some((annotation) => annotation === key),
  );
  const strange = unknown.map((key) => {
    const suggestion = didYouMean(key, known);
    const expected = `one of the annotations ${known.join(", ")}`;
    return {
      path: [...path, "annotations", key],
      expected,
      got: gotText(key),
      ...(suggestion !== undefined && { suggestion }),
    };
  });
  if (given[annotations.simulatedExitCode] === undefined || given[annotations.simulatedDuration] !== undefined)
    return strange;
  const expected = `an ${annotations.simulatedDuration} beside it`;
  return [...strange, { path: [...path, "annotations", annotations.simulatedExitCode], expected, got: "none" }];
}

/** The API server refuses a podFailurePolicy on pods that restart in place. */
function policyThatApplies({ spec }: JobFile): Finding[] {
  const { restartPolicy } = spec.template.spec;
  if (spec.podFailurePolicy === undefined || restartPolicy === "Never") return [];
  return [
    {
      path: ["spec", "template", "spec", "restartPolicy"],
      expected: "Never beside a podFailurePolicy",
      got: gotText(restartPolicy),
    },
  ];
}

function indexedCompletions({ spec }: JobFile): Finding[] {
  if (spec.completionMode !== "Indexed" || spec.completions !== undefined) return [];
  return [{ path: ["spec", "completions"], expected: "a number of completions in Indexed mode", got: "nothing" }];
}

function podRules(path: FieldPath, job: JobFile): Finding[] {
  const { containers, initContainers = [] } = job.spec.template.spec;
  const placed = [
    ...initContainers.map((container, index) => ({ container, path: [...path, "initContainers", index] })),
    ...containers.map((container, index) => ({ container, path: [...path, "containers", index] })),
  ];
  const names = placed.map(({ container }) => container.name);
  return placed.flatMap(({ container, path: place }, index) => [
    ...(names.indexOf(container.name) === index
      ? []
      : [{ path: [...place, "name"], expected: "a name of its own for each container", got: gotText(container.name) }]),
    ...resourceRules([...place, "resources"], container.resources ?? {}),
  ]);
}

function resourceRules(path: FieldPath, resources: NonNullable<ContainerFile["resources"]>): Finding[] {
  const { requests = {}, limits = {} } = resources;
  const above = Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    if (limit === undefined || name === gpuResource || parseQuantity(request) <= parseQuantity(limit)) return [];
    return [{ path: [...path, "requests", name], expected: `at most the limit of ${limit}`, got: gotText(request) }];
  });
  return [...above, ...gpuRules(path, requests[gpuResource], limits[gpuResource])];
}

/** GPUs are an extended resource: whole devices, never overcommitted, and the limit alone says how many. */
function gpuRules(
  path: FieldPath,
  request: string | number | undefined,
  limit: string | number | undefined,
): Finding[] {
  const at = (list: string): FieldPath => [...path, list, gpuResource];
  const broken = (["requests", "limits"] as const).flatMap((list) => {
    const amount = list === "requests" ? request : limit;
    if (amount === undefined || Number.isInteger(parseQuantity(amount))) return [];
    return [{ path: at(list), expected: "a whole number of GPUs", got: gotText(amount) }];
  });
  if (broken.length > 0 || request === undefined) return broken;
  if (limit === undefined)
    return [{ path: at("limits"), expected: `a limit equal to the request of ${request}`, got: "nothing" }];
  if (parseQuantity(request) === parseQuantity(limit)) return [];
  return [
    { path: at("requests"), expected: `the limit of ${limit}, as GPUs cannot be overcommitted`, got: gotText(request) },
  ];
}

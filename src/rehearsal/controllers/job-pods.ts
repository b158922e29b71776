import type { Job, Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { dropFinalizer } from "../core/gc.ts";
import { controllerManager } from "./deps.ts";
import { failureActionOf } from "./pod-failure-policy.ts";
import { createPodOf } from "./pods.ts";

/** Keeps a Job's pod until its end is counted. */
export const jobFinalizer = "batch.kubernetes.io/job-tracking";
const completionIndexKey = "batch.kubernetes.io/job-completion-index";
const failureCountKey = "batch.kubernetes.io/job-index-failure-count";
const ignoredFailureCountKey = "batch.kubernetes.io/job-index-ignored-failure-count";

/** A pod of a Job as the job controller makes it; `index` for Indexed Jobs, `before` the pod of that index that failed. */
export function createJobPod(core: Core, job: Job, index: number | undefined, before?: Pod): Pod {
  const { name = "", uid = "" } = job.metadata;
  const indexed: Record<string, string> = index === undefined ? {} : { [completionIndexKey]: String(index) };
  return createPodOf(core, job, {
    prefix: index === undefined ? name : `${name}-${index}`,
    labels: {
      "batch.kubernetes.io/controller-uid": uid,
      "batch.kubernetes.io/job-name": name,
      "controller-uid": uid,
      "job-name": name,
      ...indexed,
    },
    annotations: { ...indexed, ...failureCounts(job, before) },
    finalizers: [jobFinalizer],
    ...(index !== undefined && { change: (spec) => addIndex(spec, name, index) }),
  });
}

/** Under backoffLimitPerIndex each pod knows how often its index failed before it. */
function failureCounts(job: Job, before: Pod | undefined): Record<string, string> {
  if (job.spec?.backoffLimitPerIndex === undefined) return {};
  if (before === undefined) return { [failureCountKey]: "0" };
  const { failures, ignored } = failureCountOf(before);
  const isIgnored = failureActionOf(job, before).action === "Ignore";
  return {
    [failureCountKey]: String(failures + (isIgnored ? 0 : 1)),
    ...(ignored + Number(isIgnored) > 0 && { [ignoredFailureCountKey]: String(ignored + Number(isIgnored)) }),
  };
}

/** How often a pod's index failed before it. */
export function failureCountOf({ metadata: { annotations = {} } }: Pod) {
  const failures = Number(annotations[failureCountKey] ?? 0);
  const ignored = Number(annotations[ignoredFailureCountKey] ?? 0);
  return { failures, ignored, all: failures + ignored };
}

/** An Indexed Job's pods know their index by a variable, and their host by their index. */
function addIndex(spec: NonNullable<Pod["spec"]>, job: string, index: number): void {
  const variable = {
    name: "JOB_COMPLETION_INDEX",
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${completionIndexKey}']` } },
  };
  spec.hostname = `${job}-${index}`;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (container.env?.some(({ name }) => name === variable.name)) continue;
    container.env = [...(container.env ?? []), variable];
  }
}

export function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === "Indexed";
}

/** The completion index of a pod; 0 where its Job is not Indexed. */
export function indexOf(pod: Pod): number {
  return Number(pod.metadata.annotations?.[completionIndexKey] ?? 0);
}

/** Lets a pod go whose end was counted, or whose Job is gone. */
export function releasePod(core: Core, pod: Pod): void {
  dropFinalizer(core, pod, jobFinalizer, controllerManager);
}

/** `0,2-4` as a set. */
export function parseIndexes(text: string | undefined): ReadonlySet<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? "").split(",").filter((one) => one !== "")) {
    const [from = 0, to = from] = part.split("-").map(Number);
    for (let index = from; index <= to; index += 1) indexes.add(index);
  }
  return indexes;
}

/** A set as `0,2-4`: runs of three and more are shortened. */
export function indexesText(indexes: Iterable<number>): string {
  const runs: [number, number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (to === from ? `${from}` : `${from}${to === from + 1 ? "," : "-"}${to}`)).join(",");
}

import type { Job, Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { jobFinalizer, nameOf, podKind } from "./refs.ts";

export const completionIndexKey = "batch.kubernetes.io/job-completion-index";
/** Kubernetes cuts the generated names of pods at 63 characters, 5 of them random. */
const longestPrefix = 57;

/** A pod of a Job as the job controller makes it; `index` for Indexed Jobs. */
export function createJobPod(core: Core, job: Job, index: number | undefined): Pod {
  const { template } = job.spec ?? {};
  const { name = "", namespace = "default", uid = "" } = job.metadata;
  const indexText = index === undefined ? undefined : String(index);
  const podSpec = structuredClone(template?.spec) as Pod["spec"];
  if (indexText !== undefined && podSpec !== undefined) addIndex(podSpec, name, indexText);
  const indexed: Record<string, string> = indexText === undefined ? {} : { [completionIndexKey]: indexText };
  const prefix = indexText === undefined ? name : `${name}-${indexText}`;
  return core.create<Pod>(
    {
      ...podKind,
      metadata: {
        generateName: `${prefix.slice(0, longestPrefix)}-`,
        namespace,
        labels: { ...template?.metadata?.labels, ...jobLabels(name, uid), ...indexed },
        annotations: { ...template?.metadata?.annotations, ...indexed },
        finalizers: [jobFinalizer],
        ownerReferences: [
          { apiVersion: "batch/v1", kind: "Job", name, uid, controller: true, blockOwnerDeletion: true },
        ],
      },
      ...(podSpec !== undefined && { spec: podSpec }),
    },
    { fieldManager: "kube-controller-manager" },
  );
}

function jobLabels(name: string, uid: string): Record<string, string> {
  return {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
}

/** An Indexed Job's pods know their index by a variable, and their host by their index. */
function addIndex(spec: NonNullable<Pod["spec"]>, job: string, index: string): void {
  const variable = {
    name: "JOB_COMPLETION_INDEX",
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${completionIndexKey}']` } },
  };
  spec.hostname = `${job}-${index}`;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    container.env = [...(container.env ?? []), variable];
  }
}

/** The completion index of a pod, if its Job is Indexed. */
export function completionIndexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[completionIndexKey];
  return text === undefined ? undefined : Number(text);
}

/** Lets a pod go whose end was counted, or whose Job is gone. */
export function releasePod(core: Core, pod: Pod): void {
  const finalizers = pod.metadata.finalizers ?? [];
  if (!finalizers.includes(jobFinalizer)) return;
  const ref = { ...podKind, metadata: { name: nameOf(pod), namespace: pod.metadata.namespace ?? "default" } };
  const rest = finalizers.filter((name) => name !== jobFinalizer);
  core.patch(ref, { metadata: { finalizers: rest } }, { fieldManager: "kube-controller-manager" });
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

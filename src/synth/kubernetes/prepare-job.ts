import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IJobSpec } from "kubernetes-models/batch/v1/JobSpec";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IToleration } from "kubernetes-models/v1/Toleration";

import { environmentLabel, environmentToleration, gpuTaint, ownLabels } from "./labels.ts";
import { type OutputsPlan, withOutputs } from "./prepare-job-outputs.ts";

/** A Job as it is read from a manifest or from a cluster. */
export interface PreparedJob extends Pick<IJob, "spec"> {
  readonly metadata: { labels?: Record<string, string> };
}

export interface PrepareOptions {
  /** The environment's name. */
  readonly environment: string;
  readonly run: string;
  /** How long the run waits for the job; it ends by itself a minute later, where its manifest does not say when. */
  readonly timeoutMs: number;
  /** How its outputs come home; absent: they do not. */
  readonly outputs?: OutputsPlan;
  /** Whether the environment's nodes are among others' and kept for it. Default false. */
  readonly sharedCluster?: boolean;
}

/**
 * A job as it is submitted to a real cluster. Adds what a manifest leaves out and never changes what it says: that its
 * nodes are not taken from it to save money, that a node which is lost does not count as its failure, that it may use
 * nodes with GPUs where it asks for one, when it has taken too long, whose it is, and what sends its outputs home.
 */
export function prepareJob<J extends PreparedJob>(job: J, options: PrepareOptions): J {
  if (job.spec === undefined) return job;
  const labels = { ...ownLabels({ name: options.environment }), "aura.dev/run": options.run };
  const metadata = { ...job.metadata, labels: { ...labels, ...job.metadata.labels } };
  return { ...job, metadata, spec: prepareSpec(job.spec, labels, options) };
}

function prepareSpec(spec: IJobSpec, labels: Record<string, string>, options: PrepareOptions): IJobSpec {
  const { metadata = {}, spec: pod } = spec.template;
  const annotations = { ...stays, ...metadata.annotations };
  const prepared = {
    ...spec.template,
    metadata: { ...metadata, labels: { ...labels, ...metadata.labels }, annotations },
    ...(pod !== undefined && { spec: placePod(pod, options) }),
  };
  return {
    activeDeadlineSeconds: Math.ceil(options.timeoutMs / 1000) + afterRunSeconds,
    ...(mayForgive(spec) && { podFailurePolicy: forgiving }),
    ...spec,
    template: options.outputs === undefined ? prepared : withOutputs(prepared, options.outputs),
  };
}

/** Who waits for a job gives up first, and tells why it is late; nobody may wait for it. */
const afterRunSeconds = 60;

/** In the words of Karpenter and of the Cluster Autoscaler. */
const stays = {
  "karpenter.sh/do-not-disrupt": "true",
  "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
};

/** A pod whose node was reclaimed, drained or preempted is tried again, and not counted against backoffLimit. */
const forgiving: NonNullable<IJobSpec["podFailurePolicy"]> = {
  rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
};

/** With others the API server takes no podFailurePolicy (batch/v1, validation of JobSpec). */
function mayForgive({ template, podReplacementPolicy = "Failed" }: IJobSpec): boolean {
  return template.spec?.restartPolicy === "Never" && podReplacementPolicy === "Failed";
}

function placePod(pod: IPodSpec, { environment, sharedCluster }: PrepareOptions): IPodSpec {
  const own = environmentToleration({ name: environment });
  const wanted = [...(wantsGpu(pod) ? [gpuToleration] : []), ...(sharedCluster ? [own] : [])];
  const given = pod.tolerations ?? [];
  const missing = wanted.filter((toleration) => !given.some((one) => covers(one, toleration)));
  return {
    ...pod,
    ...(missing.length > 0 && { tolerations: [...given, ...missing] }),
    ...(sharedCluster && { nodeSelector: { [environmentLabel]: environment, ...pod.nodeSelector } }),
  };
}

const gpuToleration: IToleration = { key: gpuTaint.key, operator: "Exists", effect: gpuTaint.effect };

function wantsGpu({ containers, initContainers = [] }: IPodSpec): boolean {
  return [...containers, ...initContainers].some(({ resources: { requests = {}, limits = {} } = {} }) =>
    [requests, limits].some((list) => Number(list[gpuTaint.key] ?? 0) > 0),
  );
}

/** Whether a toleration of the manifest lets the pod where `wanted` would. */
function covers(one: IToleration, wanted: IToleration): boolean {
  if (one.effect !== undefined && one.effect !== wanted.effect) return false;
  if (one.operator === "Exists") return one.key === undefined || one.key === wanted.key;
  return wanted.operator !== "Exists" && one.key === wanted.key && one.value === wanted.value;
}

import type { Container } from "../../cluster/objects.ts";
import { type ContainerStatus, conditionOf, type Deployment, type KubeEvent, type Pod } from "../../cluster/objects.ts";
import { causeOf, lastWords } from "./log-causes.ts";

/** What the cluster has of Karpenter's controller. */
export interface ControllerView {
  /** Undefined where there is none. */
  readonly deployment: Deployment | undefined;
  readonly pods: readonly Pod[];
  /** Of the namespace. */
  readonly events: readonly KubeEvent[];
  /** The last lines of a pod's log, by the pod's name. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** Whether the rollout is through and a replica of it serves: one is enough, for only the leader works. */
export function isAvailable(deployment: Deployment | undefined): boolean {
  if (deployment === undefined) return false;
  const { status = {}, spec, metadata } = deployment;
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0, observedGeneration = 0 } = status;
  const isSeen = observedGeneration >= (metadata.generation ?? 0);
  return isSeen && updatedReplicas >= (spec?.replicas ?? 1) && replicas <= updatedReplicas && availableReplicas > 0;
}

/** Why Karpenter is not available, in plain words, one line for each reason. Empty where nothing is wrong yet. */
export function deploymentProblems(view: ControllerView): string[] {
  const { deployment, pods } = view;
  if (deployment === undefined) return ["there is no Deployment karpenter in kube-system: its chart is not installed"];
  const found = pods.flatMap((pod) => podProblems(pod, view));
  if (found.length > 0) return [...new Set(found)];
  const failure = conditionOf(deployment, "ReplicaFailure");
  if (failure?.status === "True") return [`its pods cannot be made: ${failure.message ?? failure.reason}`];
  return pods.length === 0 ? ["it has no pods yet: the cluster's controllers have not looked at it"] : [];
}

function podProblems(pod: Pod, view: ControllerView): string[] {
  const name = pod.metadata.name ?? "";
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False") return [`pod ${name} has no node: ${placeProblem(scheduled.message ?? "")}`];
  const statuses = pod.status?.containerStatuses ?? [];
  const told = statuses.flatMap((status) => containerProblem(name, status, view));
  if (told.length > 0) return told;
  const isReady = conditionOf(pod, "Ready")?.status === "True";
  return isReady ? [] : eventProblems(name, view.events);
}

// the first that matches counts
const places: readonly (readonly [says: RegExp, means: string])[] = [
  [/no nodes available|0\/0 nodes/i, "no system node has joined the cluster: look at the node group `system`"],
  [/anti-affinity/i, "each replica wants a node of its own, and there are fewer system nodes than replicas"],
  [/Insufficient (cpu|memory)/i, "the system nodes are too small or too full: it asks for 1 CPU and 1 GiB"],
  [/taint/i, "no node is there whose taints it tolerates: those of the system nodes are missing"],
  [/topology spread/i, "the system nodes are spread over the zones too unevenly"],
];

function placeProblem(message: string): string {
  const place = places.find(([says]) => says.test(message));
  return place === undefined ? message : `${place[1]} (${message})`;
}

function containerProblem(pod: string, status: ContainerStatus, { logs }: ControllerView): string[] {
  const { reason = "", message = "" } = status.state?.waiting ?? {};
  if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)) {
    const way = "where network.nat is none, aws.charts.karpenter has to be a chart whose image is in ECR";
    return [`pod ${pod} cannot pull ${status.image ?? "its image"}: ${message || reason}; ${way}`];
  }
  if (/^Create\w+Error$|^RunContainerError$/.test(reason)) return [`pod ${pod} cannot start: ${message || reason}`];
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (ended?.reason === "OOMKilled") return [`pod ${pod} was killed for using more memory than its limit of 1 GiB`];
  const isFailing = reason === "CrashLoopBackOff" || ended !== undefined || isUnready(status);
  return isFailing ? logProblem(pod, logs.get(pod) ?? [], ended?.exitCode) : [];
}

function isUnready({ ready, state }: ContainerStatus): boolean {
  return !ready && state?.running !== undefined;
}

function logProblem(pod: string, lines: readonly string[], exitCode: number | undefined): string[] {
  const words = lastWords(lines);
  const state = exitCode === undefined ? "runs but is not ready" : `ends with exit status ${exitCode} again and again`;
  const cause = causeOf(lines);
  return [
    `pod ${pod} ${state}${cause === undefined ? "" : `: ${cause}`}`,
    ...words.map((line) => `  its log: ${line}`),
  ];
}

const telling = /^(FailedCreatePodSandBox|FailedMount|FailedAttachVolume|NetworkNotReady|Failed|Unhealthy)$/;

/** What the kubelet says about a pod that has not got as far as a container. */
function eventProblems(pod: string, events: readonly KubeEvent[]): string[] {
  const last = events.findLast(
    ({ involvedObject, reason = "" }) => involvedObject?.name === pod && telling.test(reason),
  );
  return last === undefined ? [] : [`pod ${pod} does not come up: ${last.message ?? last.reason}`];
}

/** The container of the chart whose log counts. */
export const controllerContainer: Container["name"] = "controller";

import { type Condition, type Container, type ContainerStatus, conditionOf, type Pod } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { Exit } from "./runtime.ts";

export type ContainerState = NonNullable<ContainerStatus["state"]>;

/** Where one container of a pod stands. Changed in place by the pod's worker. */
export interface ContainerProgress {
  readonly container: Container;
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  /** Of the latest run. */
  containerId: string;
}

/** Where a pod stands. Changed in place by its worker. */
export interface PodProgress {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  readonly startTime: string;
  reason?: string;
  message?: string;
  initialized: boolean;
  /** Begun by an earlier kubelet. */
  readonly adopted: boolean;
  readonly initContainers: readonly ContainerProgress[];
  readonly containers: readonly ContainerProgress[];
}

/** How a pod begins on its node; one that an earlier kubelet began goes on where its status says. */
export function initialProgress(pod: Pod, nowMs: number): PodProgress {
  const progressOf = (statuses: readonly ContainerStatus[] | undefined) => (container: Container) => {
    const status = statuses?.find(({ name }) => name === container.name);
    return {
      container,
      state: status?.state ?? { waiting: { reason: "ContainerCreating" } },
      lastState: status?.lastState ?? {},
      restartCount: status?.restartCount ?? 0,
      containerId: status?.containerID ?? "",
    };
  };
  return {
    phase: pod.status?.phase === "Running" ? "Running" : "Pending",
    startTime: pod.status?.startTime ?? timestamp(nowMs),
    initialized: conditionOf(pod, "Initialized")?.status === "True",
    adopted: pod.status?.startTime !== undefined,
    initContainers: (pod.spec?.initContainers ?? []).map(progressOf(pod.status?.initContainerStatuses)),
    containers: (pod.spec?.containers ?? []).map(progressOf(pod.status?.containerStatuses)),
  };
}

/** The state of a container that ended. */
export function terminated(
  exit: Exit,
  run: { readonly startedAt: string; readonly finishedAt: string; readonly id: string },
): ContainerState {
  return {
    terminated: {
      exitCode: exit.exitCode,
      reason: exit.reason,
      ...(exit.message === undefined ? {} : { message: exit.message }),
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      ...(run.id === "" ? {} : { containerID: run.id }),
    },
  };
}

/** The part of a pod's status that tells of its containers, as a merge patch. */
export function containerStatuses(pod: Pod, progress: PodProgress, nowMs: number): object {
  return {
    startTime: progress.startTime,
    conditions: conditionsOf(pod, progress, nowMs),
    containerStatuses: progress.containers.map(statusOf),
    ...(progress.initContainers.length === 0 ? {} : { initContainerStatuses: progress.initContainers.map(statusOf) }),
  };
}

/** The rest of a pod's status: `reason` and `message` are null when there is none, for the patch to drop them. */
export function phaseStatus({ phase, reason, message }: PodProgress): object {
  return { phase, reason: reason ?? null, message: message ?? null };
}

function statusOf({ container, state, lastState, restartCount, containerId }: ContainerProgress): ContainerStatus {
  const running = state.running !== undefined;
  return {
    name: container.name,
    image: container.image ?? "",
    imageID: "",
    ready: running,
    started: running,
    restartCount,
    state,
    lastState,
    ...(containerId === "" ? {} : { containerID: containerId }),
  };
}

/** The kubelet's conditions, each with the time it last changed; conditions of others stay. Probes are not rehearsed. */
function conditionsOf(pod: Pod, progress: PodProgress, nowMs: number): Condition[] {
  const existing = (pod.status?.conditions ?? []) as Condition[];
  const unready = progress.containers.filter(({ state }) => state.running === undefined);
  const why = {
    reason: progress.phase === "Succeeded" ? "PodCompleted" : "ContainersNotReady",
    message: `containers with unready status: [${unready.map(({ container }) => container.name).join(" ")}]`,
  };
  const ours: Condition[] = [
    condition("Initialized", progress.initialized, {}),
    condition("Ready", unready.length === 0, why),
    condition("ContainersReady", unready.length === 0, why),
  ];
  if (progress.reason === "Evicted") {
    const disrupted = { reason: "TerminationByKubelet", message: progress.message ?? "" };
    ours.push({ type: "DisruptionTarget", status: "True", ...disrupted });
  }
  const others = existing.filter(({ type }) => !ours.some((own) => own.type === type));
  const dated = ours.map((own) => {
    const before = existing.find(({ type }) => type === own.type);
    const since = before?.status === own.status ? before.lastTransitionTime : undefined;
    return { ...own, lastTransitionTime: since ?? timestamp(nowMs) };
  });
  return [...others, ...dated];
}

function condition(type: string, holds: boolean, why: { reason?: string; message?: string }): Condition {
  return { type, status: holds ? "True" : "False", ...(holds ? {} : why) };
}

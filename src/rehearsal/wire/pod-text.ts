import type { ContainerStatus, Pod } from "../../cluster/objects.ts";
import { ageOf } from "./human-duration.ts";

/** What `kubectl get pods` says of a pod: READY, STATUS and RESTARTS. */
export interface PodText {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

type Terminated = { readonly reason?: string; readonly exitCode: number; readonly signal?: number };

/** As `printPod` of Kubernetes' printers finds it out. */
export function podText(pod: Pod, nowMs: number): PodText {
  const { initContainers = [], containers = [] } = pod.spec ?? {};
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const sidecars = new Set(initContainers.filter(isSidecar).map(({ name }) => name));
  const initializing = initReason(initContainerStatuses, sidecars, initContainers.length);
  const isInitialized = initializing === undefined || hasCondition(pod, "Initialized");
  const counted = isInitialized
    ? [...initContainerStatuses.filter(({ name }) => sidecars.has(name)), ...containerStatuses]
    : initContainerStatuses;
  const readySidecars = initContainerStatuses.filter(({ name, ready }) => sidecars.has(name) && ready).length;
  const running = isInitialized ? containerStatuses.filter(({ ready, state }) => ready && state?.running) : [];
  const main = isInitialized ? mainReason(pod, running.length > 0) : undefined;
  return {
    ready: `${readySidecars + running.length}/${containers.length + sidecars.size}`,
    status: endReason(pod) ?? main ?? initializing ?? phaseReason(pod),
    restarts: restartsText(counted, nowMs),
  };
}

function isSidecar(container: object): boolean {
  return "restartPolicy" in container && container.restartPolicy === "Always";
}

function initReason(
  statuses: readonly ContainerStatus[],
  sidecars: ReadonlySet<string>,
  total: number,
): string | undefined {
  const index = statuses.findIndex(
    ({ name, state, started }) => state?.terminated?.exitCode !== 0 && !(sidecars.has(name) && started),
  );
  const state = statuses[index]?.state;
  if (index < 0) return undefined;
  if (state?.terminated) return `Init:${terminatedReason(state.terminated)}`;
  const waiting = state?.waiting?.reason;
  return waiting && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${index}/${total}`;
}

/** The first container with something to say; finished ones beside running ones do not make a pod finished. */
function mainReason(pod: Pod, isRunning: boolean): string | undefined {
  const reasons = (pod.status?.containerStatuses ?? []).map(
    ({ state }) => state?.waiting?.reason || (state?.terminated && terminatedReason(state.terminated)),
  );
  const reason = reasons.find(Boolean);
  if (reason !== "Completed" || !isRunning) return reason;
  return hasCondition(pod, "Ready") ? "Running" : "NotReady";
}

function terminatedReason({ reason, exitCode, signal }: Terminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

function phaseReason({ status }: Pod): string {
  const isGated = status?.conditions?.some(
    ({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated",
  );
  return isGated ? "SchedulingGated" : status?.reason || (status?.phase ?? "");
}

function endReason({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  if (status?.reason === "NodeLost") return "Unknown";
  return status?.phase === "Succeeded" || status?.phase === "Failed" ? undefined : "Terminating";
}

function hasCondition({ status }: Pod, wanted: string): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === wanted && is === "True") ?? false;
}

function restartsText(statuses: readonly ContainerStatus[], nowMs: number): string {
  const count = statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  const ends = statuses.flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? []).sort();
  const last = ends.at(-1);
  return count > 0 && last !== undefined ? `${count} (${ageOf(last, nowMs)} ago)` : String(count);
}

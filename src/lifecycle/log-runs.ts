import { join } from "node:path";

import { type ContainerStatus, isTerminal, type Pod } from "../cluster/objects.ts";

/** One run of a container: from its start to its end, 0 the first, one more with each restart. */
export interface LogRun {
  readonly pod: Pod;
  readonly container: string;
  readonly restart: number;
}

/** The latest run of every container that has started: init containers first, as they ran. */
export function latestRuns(pod: Pod): LogRun[] {
  return statusesOf(pod)
    .filter(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated)
    .map(({ name, restartCount }) => ({ pod, container: name, restart: restartCount }));
}

/** Where a run's log is kept, relative to the report's folder. No name in Kubernetes has an underscore. */
export function logPath({ pod, container, restart }: LogRun): string {
  const { namespace = "default", name } = pod.metadata;
  return join("logs", `${namespace}.${name}.${container}${restart === 0 ? "" : `_restart-${restart}`}.log`);
}

export function keyOfRun({ pod, container, restart }: LogRun): string {
  return `${pod.metadata.uid}/${container}/${restart}`;
}

/** How often a container was started anew, as its pod says. */
export function restartsOf(pod: Pod, container: string): number {
  return statusesOf(pod).find(({ name }) => name === container)?.restartCount ?? 0;
}

/** Whether a run has ended, as this state of its pod says: nothing writes to its log any more. */
export function isOver(pod: Pod, { container, restart }: LogRun): boolean {
  const status = statusesOf(pod).find(({ name }) => name === container);
  return status !== undefined && (status.restartCount > restart || status.state?.running === undefined);
}

/** Whether a container of the pod still runs, be it in its grace period. */
export function isRunning(pod: Pod): boolean {
  return statusesOf(pod).some(({ state }) => state?.running !== undefined);
}

/** Whether a pod came to its end, or is being removed. */
export function hasEnded(pod: Pod): boolean {
  return isTerminal(pod) || pod.metadata.deletionTimestamp !== undefined;
}

function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

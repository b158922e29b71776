import { conditionOf, type KubeEvent, type Pod } from "../cluster/objects.ts";
import { parseQuantity } from "../kernel/quantity.ts";
import type { EventObserved, PodObserved, PodState } from "../timeline/entries.ts";

/** An observation with its time in the cluster's clock. */
export interface Timed<T> {
  readonly at: number;
  readonly observation: T;
}

/** Everything a Pod object tells about its life so far. */
export function podObservations(pod: Pod): Timed<PodObserved>[] {
  const base = podBase(pod);
  const timed = (time: string | undefined, state: PodState, extra: Partial<PodObserved> = {}) =>
    time === undefined ? [] : [{ at: Date.parse(time), observation: { ...base, ...extra, state } }];
  return [
    ...timed(pod.metadata.creationTimestamp, "created"),
    ...timed(scheduledAt(pod), "scheduled"),
    ...timed(startedAt(pod), "running"),
    ...podEnd(pod).flatMap(({ time, state, extra }) => timed(time, state, extra)),
  ];
}

/** That a Pod object is gone from the cluster. */
export function podGone(pod: Pod, at: number): Timed<PodObserved> {
  const reason = conditionOf(pod, "DisruptionTarget")?.reason;
  return { at, observation: { ...podBase(pod), state: "gone", ...(reason !== undefined && { reason }) } };
}

function podBase(pod: Pod): Omit<PodObserved, "state"> {
  const job = jobNameOf(pod);
  const node = pod.spec?.nodeName;
  return {
    type: "pod",
    namespace: pod.metadata.namespace ?? "default",
    name: pod.metadata.name ?? "",
    uid: pod.metadata.uid ?? "",
    ...(job !== undefined && { job }),
    ...(node !== undefined && { node }),
    requests: requestsOf(pod),
  };
}

/** The label of a Job's pods: its name. */
export const jobNameLabel = "batch.kubernetes.io/job-name";

/** The name of the Job that a pod belongs to, if it belongs to one. */
export function jobNameOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.[jobNameLabel];
}

/** What a pod asks for: the sum over its containers, limits counting where a request is absent. */
export function requestsOf(pod: Pod): PodObserved["requests"] {
  const sum = (resource: string, scale: number) =>
    (pod.spec?.containers ?? []).reduce((total, { resources }) => {
      const amount = resources?.requests?.[resource] ?? resources?.limits?.[resource];
      return total + (amount === undefined ? 0 : parseQuantity(amount) * scale);
    }, 0);
  return { cpuMillis: sum("cpu", 1000), memoryMib: sum("memory", 2 ** -20), gpus: sum("nvidia.com/gpu", 1) };
}

function scheduledAt(pod: Pod): string | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  return scheduled?.status === "True" ? scheduled.lastTransitionTime : undefined;
}

function startedAt(pod: Pod): string | undefined {
  const starts = (pod.status?.containerStatuses ?? []).flatMap(({ state, lastState }) => [
    lastState?.terminated?.startedAt,
    state?.running?.startedAt,
    state?.terminated?.startedAt,
  ]);
  return starts.filter((time) => time !== undefined).sort()[0];
}

function podEnd(pod: Pod): { time: string | undefined; state: PodState; extra: Partial<PodObserved> }[] {
  const phase = pod.status?.phase;
  if (phase !== "Succeeded" && phase !== "Failed") return [];
  const main = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated ?? []);
  const sidecars = pod.spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  // an init container counts only where it is why the pod failed; a sidecar never is: it is stopped in the end
  const init = (pod.status?.initContainerStatuses ?? []).flatMap(({ name, state }) =>
    sidecars.some((sidecar) => sidecar.name === name) ? [] : (state?.terminated ?? []),
  );
  const ends = phase === "Failed" ? [...main, ...init] : main;
  const worst = ends.find(({ exitCode }) => exitCode !== 0) ?? main[0];
  const last = ends
    .flatMap(({ finishedAt }) => finishedAt ?? [])
    .sort()
    .at(-1);
  const reason = pod.status?.reason ?? worst?.reason;
  const message = pod.status?.message ?? worst?.message;
  return [
    {
      time: last ?? failedAt(pod),
      state: phase === "Succeeded" ? "succeeded" : "failed",
      extra: {
        ...(worst?.exitCode !== undefined && { exitCode: worst.exitCode }),
        ...(reason !== undefined && { reason }),
        ...(message !== undefined && { message }),
      },
    },
  ];
}

/** A pod that failed before a container ran has only its conditions to date it. */
function failedAt(pod: Pod): string | undefined {
  const times = (pod.status?.conditions ?? []).flatMap(({ lastTransitionTime }) => lastTransitionTime ?? []);
  return times.sort().at(-1) ?? pod.metadata.creationTimestamp;
}

/** An Event, as the timeline writes it. Who speaks by events.k8s.io, as kube-scheduler does, is named in a field of its own. */
export function eventObservation(event: KubeEvent): Timed<EventObserved> {
  const { involvedObject: object } = event;
  const source = event.source?.component || event.reportingComponent;
  const observation: EventObserved = {
    type: "event",
    level: event.type === "Warning" ? "Warning" : "Normal",
    kind: object?.kind ?? "",
    name: object?.name ?? "",
    ...(object?.namespace !== undefined && { namespace: object.namespace }),
    reason: event.reason ?? "",
    message: event.message ?? "",
    ...(source && { source }),
  };
  return { at: timeOf(event), observation };
}

/** When an Event happened last. */
export function timeOf(event: KubeEvent): number {
  const { series, lastTimestamp, eventTime } = event;
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? event.metadata.creationTimestamp ?? "");
}

import type { Job, Pod } from "../cluster/objects.ts";
import { isTerminal } from "../cluster/objects.ts";
import type { EventObserved, TimelineEntry } from "../timeline/entries.ts";
import { jobNameOf } from "./observations.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";
import { lastReason } from "./wait-reasons.ts";

/** Why a job has not ended: the latest reason why a pod of it is not there, waits for a node, or does not start on it. */
export function whyUnfinished(
  { entries }: Pick<Session, "entries">,
  { pods }: Pick<Recorder, "pods">,
  { metadata: { name, namespace = "default" } }: Job,
): string {
  const isOfJob = (pod: Pod) => jobNameOf(pod) === name && (pod.metadata.namespace ?? "default") === namespace;
  const active = [...pods.values()].filter((pod) => isOfJob(pod) && !isTerminal(pod));
  const trouble = (kind: string, names: readonly (string | undefined)[]) =>
    entries.findLast((entry): entry is EventObserved & TimelineEntry => {
      const isTrouble = entry.type === "event" && entry.level === "Warning" && entry.kind === kind;
      return isTrouble && (entry.namespace ?? "default") === namespace && names.includes(entry.name);
    })?.message;
  if (active.length === 0) return because("has no pod yet", trouble("Job", [name]));
  const pending = active.filter(({ status }) => status?.phase === "Pending");
  const unplaced = pending.filter(({ spec }) => spec?.nodeName === undefined);
  if (unplaced.length > 0) return `is pending: ${waitOf(entries, namespace, unplaced) ?? "no reason was given"}`;
  const [first] = pending;
  if (first === undefined) return "is still running";
  const starting = `has a node (${first.spec?.nodeName}), but has not started on it`;
  return because(
    starting,
    blockOf(first) ??
      trouble(
        "Pod",
        pending.map(({ metadata }) => metadata.name),
      ),
  );
}

function because(state: string, why: string | undefined): string {
  return why === undefined ? state : `${state}: ${why}`;
}

function waitOf(entries: readonly TimelineEntry[], namespace: string, pods: readonly Pod[]): string | undefined {
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  return lastReason(
    entries.flatMap((entry) =>
      entry.type === "wait" && entry.namespace === namespace && names.has(entry.pod) ? entry.reason : [],
    ),
  );
}

/** What the kubelet says of a container that it cannot start; undefined while it only takes its time. */
function blockOf({ status }: Pod): string | undefined {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const waiting = all.flatMap(({ name, state }) => (state?.waiting === undefined ? [] : [{ name, ...state.waiting }]));
  const blocked = waiting.find(({ reason }) => reason !== "PodInitializing" && reason !== "ContainerCreating");
  if (blocked === undefined) return undefined;
  return `container ${blocked.name}: ${[blocked.reason, blocked.message].filter(Boolean).join(", ")}`;
}

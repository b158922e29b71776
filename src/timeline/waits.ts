import type { TimelineEntry } from "./entries.ts";
import type { PodModel, WaitModel } from "./model-types.ts";
import { type EntryOf, grouped, only } from "./order.ts";

/** Why each pod waited and for how long: a reason holds until the next one, or until the pod has a node. */
export function waitModels(ordered: readonly TimelineEntry[], pods: readonly PodModel[], lastAt: number): WaitModel[] {
  const byName = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  return [...grouped(only(ordered, "wait"), ({ namespace, pod }) => `${namespace}/${pod}`)].flatMap(([key, entries]) =>
    podWaits(changes(entries), byName.get(key), lastAt),
  );
}

/** A reason that is only repeated is no news. */
function changes(entries: readonly EntryOf<"wait">[]): EntryOf<"wait">[] {
  return entries.filter(({ reason }, index) => entries[index - 1]?.reason !== reason);
}

function podWaits(entries: readonly EntryOf<"wait">[], pod: PodModel | undefined, lastAt: number): WaitModel[] {
  const over = pod?.at.scheduled ?? pod?.at.running ?? pod?.endAt;
  return entries.map(({ namespace, pod: name, reason, at }, index) => {
    const next = entries[index + 1]?.at;
    const until = next ?? over ?? lastAt;
    return {
      namespace,
      pod: name,
      ...(pod?.job !== undefined && { job: pod.job }),
      reason,
      span: { from: at, to: Math.max(at, until) },
      open: next === undefined && over === undefined,
    };
  });
}

import type { TimelineEntry } from "./entries.ts";
import type { PodModel } from "./model-types.ts";
import { type EntryOf, firstTimes, grouped, latest, only } from "./order.ts";

/** Every pod, oldest first; `node` is the Node's name. */
export function podModels(ordered: readonly TimelineEntry[]): PodModel[] {
  const groups = grouped(only(ordered, "pod"), ({ uid, namespace, name }) => uid || `${namespace}/${name}`);
  return [...groups].flatMap(([uid, entries]) => podModel(uid, entries));
}

function podModel(uid: string, entries: readonly EntryOf<"pod">[]): PodModel[] {
  const last = entries.at(-1);
  if (last === undefined) return [];
  const optional = {
    job: latest(entries, "job"),
    node: latest(entries, "node"),
    exitCode: latest(entries, "exitCode"),
    reason: latest(entries, "reason"),
    message: latest(entries, "message"),
  };
  const { namespace, name, requests } = last;
  return [{ uid, namespace, name, requests, at: firstTimes(entries), ...endOf(entries), ...present(optional) }];
}

/** How a pod ended by itself; that its object was removed later is no end. */
function endOf(entries: readonly EntryOf<"pod">[]): Pick<PodModel, "end" | "endAt"> {
  const own = entries.find(({ state }) => state === "succeeded" || state === "failed");
  const end = own ?? entries.find(({ state }) => state === "gone");
  if (end === undefined) return {};
  return { end: end.state as NonNullable<PodModel["end"]>, endAt: end.at };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

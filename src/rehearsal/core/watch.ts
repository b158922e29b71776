import type { ListQuery, WatchEvent } from "../../cluster/api.ts";
import { ApiError } from "../../cluster/api.ts";
import type { AnyObject, KubeObject } from "../../cluster/objects.ts";
import type { Kind } from "./kinds.ts";
import { matcherOf } from "./selectors.ts";
import { badRequest } from "./status-errors.ts";
import type { Change, Store } from "./store.ts";

/** Past changes after `resourceVersion` at once, then every new one; as seen through the query's selection. */
export function watchObjects<T extends KubeObject>(
  store: Store,
  kind: Kind,
  query: ListQuery,
  resourceVersion: string,
  listener: (event: WatchEvent<T>) => void,
): () => void {
  const matches = matcherOf(kind, query);
  const tell = (change: Change) => {
    const event = selected(change, matches);
    if (event !== undefined) listener(event as WatchEvent<KubeObject> as WatchEvent<T>);
  };
  const past = store.since(kind, versionOf(resourceVersion, store.version()));
  let stopped = false;
  const stop = store.subscribe(kind, (change) => !stopped && tell(change));
  for (const change of past) if (!stopped) tell(change);
  return () => {
    stopped = true;
    stop();
  };
}

/** Fails with 400 when it is none, with 504 when it is not given out yet. */
export function versionOf(text: string, latest: number): number {
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version ${JSON.stringify(text)}`);
  const version = Number(text);
  if (version > latest)
    throw new ApiError(504, "Timeout", `Too large resource version: ${version}, current: ${latest}`, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    });
  return version;
}

function selected(
  { type, object, old, version }: Change,
  matches: (object: AnyObject) => boolean,
): WatchEvent<AnyObject> | undefined {
  const before = old !== undefined && matches(old);
  const after = type !== "DELETED" && matches(object);
  if (after) return { type: before ? "MODIFIED" : "ADDED", object };
  if (!before || old === undefined) return undefined;
  // What left the selection is shown as it was when it still belonged, with the version of the change
  const last = type === "DELETED" ? object : old;
  return { type: "DELETED", object: { ...last, metadata: { ...last.metadata, resourceVersion: String(version) } } };
}

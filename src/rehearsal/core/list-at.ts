import type { AnyObject } from "../../cluster/objects.ts";
import type { Kind } from "./kinds.ts";
import { keyOf, type Store } from "./store.ts";

/**
 * Objects as they were at a version, in the order of keys: the present ones, with what was done since undone.
 * Fails with 410 when that is no longer known.
 */
export function objectsAt(store: Store, kind: Kind, namespace: string | undefined, version: number): AnyObject[] {
  const now = store.list(kind, namespace);
  const later = store.since(kind, version);
  if (later.length === 0) return now;
  const objects = new Map(now.map((object) => [keyOf(kind, object.metadata), object]));
  for (const { object, old } of [...later].reverse()) {
    if (namespace !== undefined && object.metadata.namespace !== namespace) continue;
    const key = keyOf(kind, object.metadata);
    if (old === undefined) objects.delete(key);
    else objects.set(key, old);
  }
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

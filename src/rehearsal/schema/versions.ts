import type { AnyObject } from "../../cluster/objects.ts";
import { freeze } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import type { Change, Store } from "../core/store.ts";

/**
 * A store that gives objects in the version that is asked for, whichever they were written in. Versions are converted
 * by their name only, as a CRD without a webhook (`strategy: None`) has it.
 */
export function withVersions(store: Store): Store {
  return {
    ...store,
    get: (kind, key) => inVersion(kind, store.get(kind, key)),
    list: (kind, namespace) => {
      const objects = store.list(kind, namespace);
      return kind.custom ? objects.map((object) => inVersion(kind, object)) : objects;
    },
    subscribe: (kind, listener) =>
      store.subscribe(kind, kind.custom ? (change) => listener(changeIn(kind, change)) : listener),
    since: (kind, version) => {
      const changes = store.since(kind, version);
      return kind.custom ? changes.map((change) => changeIn(kind, change)) : changes;
    },
  };
}

function changeIn(kind: Kind, change: Change): Change {
  return { ...change, object: inVersion(kind, change.object), old: inVersion(kind, change.old) };
}

function inVersion<T extends AnyObject | undefined>({ apiVersion }: Kind, object: T): T {
  return object === undefined || object.apiVersion === apiVersion ? object : freeze({ ...object, apiVersion });
}

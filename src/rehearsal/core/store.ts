import type { AnyObject } from "../../cluster/objects.ts";
import { freeze } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { expired } from "./status-errors.ts";

/** One write: what came to be, what was there before, and the version it made. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly object: AnyObject;
  readonly old: AnyObject | undefined;
}

/** Objects by kind and key, their history, and who listens. It knows no rules. */
export interface Store {
  version(): number;
  get(kind: Kind, key: string): AnyObject | undefined;
  /** In the order of keys, as etcd lists them; of one namespace when it is given. */
  list(kind: Kind, namespace?: string): AnyObject[];
  /** Writes `object` under a new version, freezes it, and tells the listeners. */
  put(kind: Kind, key: string, object: AnyObject): AnyObject;
  /** Removes what is under `key`; `last` is how it looked in the end. */
  remove(kind: Kind, key: string, last: AnyObject): AnyObject;
  /** Calls back for every change after now, in order. */
  subscribe(kind: Kind, listener: (change: Change) => void): () => void;
  /** Past changes after `version`; fails with 410 when they are no longer kept. */
  since(kind: Kind, version: number): readonly Change[];
}

interface Shelf {
  readonly objects: Map<string, AnyObject>;
  readonly keys: string[];
  readonly history: Change[];
  readonly listeners: Set<{ readonly from: number; readonly call: (change: Change) => void }>;
  forgotten: number;
}

/** `historyLimit` is how many changes are kept for each kind. */
export function createStore(historyLimit: number): Store {
  const shelves = new Map<string, Shelf>();
  const queue: { shelf: Shelf; change: Change }[] = [];
  let version = 0;
  let delivering = false;

  // All versions of a resource share a shelf
  const shelfOf = ({ group, plural }: Kind): Shelf => {
    const name = `${group}/${plural}`;
    let shelf = shelves.get(name);
    if (shelf === undefined) {
      shelf = { objects: new Map(), keys: [], history: [], listeners: new Set(), forgotten: 0 };
      shelves.set(name, shelf);
    }
    return shelf;
  };

  // A listener may write: its change waits until everyone has heard of this one, so all hear the same order.
  const deliver = () => {
    if (delivering) return;
    delivering = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) tell(next.shelf, next.change);
    } finally {
      delivering = false;
    }
  };

  const record = (kind: Kind, type: Change["type"], object: AnyObject, old: AnyObject | undefined): AnyObject => {
    const shelf = shelfOf(kind);
    version += 1;
    object.metadata.resourceVersion = String(version);
    const change = { type, version, object: freeze(object), old };
    shelf.history.push(change);
    if (shelf.history.length > historyLimit) shelf.forgotten = shelf.history.shift()?.version ?? shelf.forgotten;
    queue.push({ shelf, change });
    return change.object;
  };

  return {
    version: () => version,
    get: (kind, key) => shelfOf(kind).objects.get(key),
    list: (kind, namespace) => listShelf(shelfOf(kind), namespace),
    put(kind, key, object) {
      const shelf = shelfOf(kind);
      const old = shelf.objects.get(key);
      if (old === undefined) shelf.keys.splice(position(shelf.keys, key), 0, key);
      shelf.objects.set(key, object);
      const written = record(kind, old === undefined ? "ADDED" : "MODIFIED", object, old);
      deliver();
      return written;
    },
    remove(kind, key, last) {
      const shelf = shelfOf(kind);
      const old = shelf.objects.get(key);
      shelf.objects.delete(key);
      shelf.keys.splice(position(shelf.keys, key), 1);
      const removed = record(kind, "DELETED", last, old);
      deliver();
      return removed;
    },
    subscribe(kind, call) {
      const { listeners } = shelfOf(kind);
      const listener = { from: version, call };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    since(kind, from) {
      const { history, forgotten } = shelfOf(kind);
      if (from < forgotten) throw expired(`too old resource version: ${from} (${forgotten + 1})`);
      return history.slice(firstAfter(history, from));
    },
  };
}

function tell(shelf: Shelf, change: Change): void {
  for (const listener of [...shelf.listeners]) {
    if (change.version > listener.from && shelf.listeners.has(listener)) listener.call(change);
  }
}

function listShelf({ keys, objects }: Shelf, namespace: string | undefined): AnyObject[] {
  // "0" is the character after "/"
  const range =
    namespace === undefined ? keys : keys.slice(position(keys, `${namespace}/`), position(keys, `${namespace}0`));
  return range.flatMap((key) => objects.get(key) ?? []);
}

/** Where `key` is or belongs in sorted keys. */
function position(keys: readonly string[], key: string): number {
  return lowerBound(keys.length, (index) => (keys[index] ?? "") < key);
}

function firstAfter(history: readonly Change[], version: number): number {
  return lowerBound(history.length, (index) => (history[index]?.version ?? 0) <= version);
}

/** The first index that is not before, where `before` holds for a prefix. */
function lowerBound(length: number, before: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

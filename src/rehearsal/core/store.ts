import type { AnyObject, ObjectMeta } from "../../cluster/objects.ts";
import { lowerBound } from "../../kernel/lower-bound.ts";
import type { Entry, Journal } from "./journal.ts";
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

/** Under which key an object is kept: lists come in the order of these. */
export function keyOf(kind: Kind, { name = "", namespace = "" }: ObjectMeta): string {
  return kind.namespaced ? `${namespace}/${name}` : name;
}

interface Shelf {
  readonly name: string;
  readonly objects: Map<string, AnyObject>;
  /** Sorted. */
  keys: string[];
  readonly history: Change[];
  readonly listeners: Set<{ readonly from: number; readonly call: (change: Change) => void }>;
  /** The version of the latest change that is not in `history` any more. */
  forgotten: number;
  /** The version of the latest change. */
  latest: number;
}

/** `historyLimit` is how many changes are kept for each kind. What the journal kept is there from the start. */
export function createStore(historyLimit: number, journal?: Journal): Store {
  const shelves = new Map<string, Shelf>();
  const queue: { shelf: Shelf; change: Change }[] = [];
  let version = 0;
  let delivering = false;

  const shelfNamed = (name: string): Shelf => {
    let shelf = shelves.get(name);
    if (shelf === undefined) {
      shelf = { name, objects: new Map(), keys: [], history: [], listeners: new Set(), forgotten: 0, latest: 0 };
      shelves.set(name, shelf);
    }
    return shelf;
  };
  // All versions of a resource share a shelf
  const shelfOf = ({ group, plural }: Kind) => shelfNamed(`${group}/${plural}`);

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

  const remember = (shelf: Shelf, change: Change) => {
    shelf.history.push(change);
    if (shelf.history.length > historyLimit) shelf.forgotten = shelf.history.shift()?.version ?? shelf.forgotten;
  };

  const record = (shelf: Shelf, key: string, type: Change["type"], object: AnyObject): AnyObject => {
    const old = shelf.objects.get(key);
    version += 1;
    shelf.latest = version;
    object.metadata.resourceVersion = String(version);
    const change = { type, version, object: freeze(object), old };
    if (type === "DELETED") shelf.objects.delete(key);
    else shelf.objects.set(key, object);
    journal?.append({ table: shelf.name, key, ...(type === "DELETED" ? { version } : { value: object }) });
    remember(shelf, change);
    queue.push({ shelf, change });
    deliver();
    return object;
  };

  /** As `record` did it in an earlier process. What a snapshot brings has no history. */
  const restore = ({ table, key, value, version: at }: Entry) => {
    const shelf = shelfNamed(table);
    const object = value as AnyObject | undefined;
    const changed = at ?? Number(object?.metadata.resourceVersion);
    if (key === undefined) shelf.forgotten = changed;
    else restoreObject(shelf, key, object, changed);
    shelf.latest = Math.max(shelf.latest, changed);
    version = Math.max(version, changed);
  };
  const restoreObject = (shelf: Shelf, key: string, object: AnyObject | undefined, changed: number) => {
    const old = shelf.objects.get(key);
    const last = object ?? old;
    if (object === undefined) shelf.objects.delete(key);
    else shelf.objects.set(key, freeze(object));
    if (last === undefined || changed <= shelf.forgotten) return;
    remember(shelf, { type: object ? (old ? "MODIFIED" : "ADDED") : "DELETED", version: changed, object: last, old });
  };
  for (const entry of journal?.restored((table) => table.includes("/")) ?? []) restore(entry);
  for (const shelf of shelves.values()) shelf.keys = [...shelf.objects.keys()].sort();
  journal?.contents(() => [...shelves.values()].flatMap(shelfEntries));

  return {
    version: () => version,
    get: (kind, key) => shelfOf(kind).objects.get(key),
    list: (kind, namespace) => listShelf(shelfOf(kind), namespace),
    put(kind, key, object) {
      const shelf = shelfOf(kind);
      const isNew = !shelf.objects.has(key);
      if (isNew) shelf.keys.splice(position(shelf.keys, key), 0, key);
      return record(shelf, key, isNew ? "ADDED" : "MODIFIED", object);
    },
    remove(kind, key, last) {
      const shelf = shelfOf(kind);
      shelf.keys.splice(position(shelf.keys, key), 1);
      return record(shelf, key, "DELETED", last);
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

/** All that a snapshot keeps of a shelf: up to when its history is forgotten, then its objects. */
function shelfEntries({ name, objects, latest }: Shelf): Entry[] {
  return [
    { table: name, version: latest },
    ...Array.from(objects, ([key, value]): Entry => ({ table: name, key, value })),
  ];
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
  // A key is there as long as its object
  return range.map((key) => objects.get(key) as AnyObject);
}

/** Where `key` is or belongs in sorted keys. */
function position(keys: readonly string[], key: string): number {
  return lowerBound(keys.length, (index) => (keys[index] ?? "") < key);
}

function firstAfter(history: readonly Change[], version: number): number {
  return lowerBound(history.length, (index) => (history[index]?.version ?? 0) <= version);
}

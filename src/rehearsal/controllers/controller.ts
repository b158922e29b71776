import type { KindRef, WatchEvent } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import type { ControllerDeps } from "./deps.ts";
import { type QueueOptions, workQueue } from "./queue.ts";

type Keys = string | undefined | readonly string[];

/** Which keys a change of a kind's object concerns. */
export interface Watch {
  readonly kind: KindRef;
  readonly keys: (object: KubeObject, type: WatchEvent<KubeObject>["type"]) => Keys;
}

export interface Controller {
  /** Names its errors. */
  readonly name: string;
  readonly reconcile: QueueOptions["reconcile"];
  readonly watches: readonly Watch[];
  /** What else brings keys; returns how to end it. */
  readonly listen?: (add: (key: string) => void) => () => void;
}

/** Starts with every object there is, as if it were new: what a restarted server finds is looked at once. */
export function startController(deps: ControllerDeps, { name, reconcile, watches, listen }: Controller): () => void {
  const { core, clock, onError } = deps;
  const queue = workQueue({ clock, reconcile, onError: (key, error) => onError(`${name} ${key}`, error) });
  const stops = watches.map(({ kind, keys }) => {
    const consider = (object: KubeObject, type: WatchEvent<KubeObject>["type"]) => {
      for (const key of [keys(object, type) ?? []].flat()) queue.add(key);
    };
    for (const object of core.list(kind).items) consider(object, "ADDED");
    return core.subscribe(kind, ({ object, type }) => consider(object, type));
  });
  const stopListening = listen?.(queue.add);
  return () => {
    for (const stop of stops) stop();
    stopListening?.();
    queue.stop();
  };
}

/** A watch with its kind's own type. */
export function watching<T extends KubeObject>(
  kind: KindRef,
  keys: (object: T, type: WatchEvent<KubeObject>["type"]) => Keys,
): Watch {
  return { kind, keys: (object, type) => keys(object as T, type) };
}

import type { WatchEventType } from "../../cluster/api.ts";
import { type KubeObject, keyOf } from "../../cluster/objects.ts";
import { find, type Kinds, kindRef } from "../core/refs.ts";
import type { ControllerDeps } from "./deps.ts";
import { type Requeue, workQueue } from "./queue.ts";

type Keys = string | undefined | readonly string[];

/** Which keys a change of a kind's object concerns. */
export interface Watch {
  readonly kind: keyof Kinds;
  readonly keys: (object: KubeObject, type: WatchEventType) => Keys;
}

/** A watch with its kind's own type. */
export function watching<K extends keyof Kinds>(
  kind: K,
  keys: (object: Kinds[K], type: WatchEventType) => Keys,
): Watch {
  return { kind, keys: keys as Watch["keys"] };
}

interface Sources {
  /** What brings keys besides the objects themselves. */
  readonly watches?: readonly Watch[];
  /** As `watches`, for what is no object; returns how to end it. */
  readonly listen?: (add: (key: string) => void) => (() => void) | undefined;
}

export interface Controller<K extends keyof Kinds> extends Sources {
  /** Its objects are reconciled after each of their changes. */
  readonly kind: K;
  /** Names its errors. Default: the kind. */
  readonly name?: string;
  /** Of which objects changes matter. Default: of all. */
  readonly concerns?: (object: Kinds[K]) => boolean;
  readonly reconcile: (object: Kinds[K], key: string) => Requeue | undefined;
  /** Told of a key whose object is gone. */
  readonly gone?: (key: string) => void;
}

/** Starts with every object there is, as if it were new: what a restarted server finds is looked at once. */
export function startController<K extends keyof Kinds>(deps: ControllerDeps, controller: Controller<K>): () => void {
  const { kind, name = kind, concerns = () => true, reconcile, gone, watches = [], listen } = controller;
  return startQueue(deps, {
    name,
    reconcile(key) {
      const object = find(deps.core, kind, key);
      return object === undefined ? void gone?.(key) : reconcile(object, key);
    },
    watches: [watching(kind, (object) => (concerns(object) ? keyOf(object) : undefined)), ...watches],
    ...(listen && { listen }),
  });
}

interface Queue extends Sources {
  readonly name: string;
  readonly reconcile: (key: string) => Requeue | undefined;
}

/** A controller whose keys are no objects. */
export function startQueue(deps: ControllerDeps, { name, reconcile, watches = [], listen }: Queue): () => void {
  const { core, clock, onError } = deps;
  const queue = workQueue({ clock, reconcile, onError: (key, error) => onError(`${name} ${key}`, error) });
  const stops = watches.map(({ kind, keys }) => {
    const consider = (object: KubeObject, type: WatchEventType) => {
      for (const key of [keys(object, type) ?? []].flat()) queue.add(key);
    };
    for (const object of core.list(kindRef(kind)).items) consider(object, "ADDED");
    return core.subscribe(kindRef(kind), ({ object, type }) => consider(object, type));
  });
  stops.push(listen?.(queue.add) ?? (() => {}), queue.stop);
  return () => {
    for (const stop of stops) stop();
  };
}

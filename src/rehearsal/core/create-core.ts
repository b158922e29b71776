import type { KindRef, ObjectRef, WatchEvent } from "../../cluster/api.ts";
import type { AnyObject, KubeObject } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import { systemPriorities } from "../rules/small-rules.ts";
import { serveCustomKinds } from "../schema/crd-life.ts";
import { patchFault, requireObject } from "../schema/decode.ts";
import { withVersions } from "../schema/versions.ts";
import { applyObject } from "./apply.ts";
import { bind, bindingTarget } from "./binding.ts";
import { builtinKinds } from "./builtin-kinds.ts";
import type { CoreContext } from "./context.ts";
import type { Core } from "./core.ts";
import { createObject } from "./create.ts";
import { deleteObject } from "./delete.ts";
import type { Journal } from "./journal.ts";
import { createKinds, type Kind } from "./kinds.ts";
import { objectsAt } from "./list-at.ts";
import { patched } from "./patch.ts";
import { refOf } from "./refs.ts";
import { appliedScale, scaled, scaleOf } from "./scale.ts";
import { matcherOf } from "./selectors.ts";
import { badRequest, notFound } from "./status-errors.ts";
import { type Change, createStore, keyOf } from "./store.ts";
import { updateObject } from "./update.ts";
import { versionOf, watchObjects } from "./watch.ts";

export interface CoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many changes of each kind are kept for watches that come later. Default 4096. */
  readonly historyLimit?: number;
  /** Where changes are kept, and what an earlier process left there. Default: nowhere, and nothing. */
  readonly journal?: Journal;
}

/**
 * The cluster that the journal kept, or an empty one: the namespaces `default`, `kube-system`, `kube-public` and
 * `kube-node-lease`, and the two system priority classes. Nothing runs in it; controllers are started beside it.
 */
export function createCore({ clock, random, historyLimit = 4096, journal }: CoreOptions): Core {
  const context: CoreContext = {
    store: withVersions(createStore(historyLimit, journal)),
    kinds: createKinds(builtinKinds),
    clock,
    random,
  };
  const isNew = context.store.version() === 0;
  serveCustomKinds(context);
  const core = { kinds: context.kinds, ...reads(context), ...writes(context), flush: () => journal?.flush() };
  for (const object of isNew ? initialObjects() : []) core.create(object, { fieldManager: "kube-apiserver" });
  return core;
}

function reads(context: CoreContext): Pick<Core, "read" | "find" | "list" | "subscribe" | "watch" | "resourceVersion"> {
  const { store, kinds } = context;
  return {
    read: <T extends KubeObject>(ref: ObjectRef) => current(context, kinds.of(ref), ref) as KubeObject as T,
    find: <T extends KubeObject>(ref: ObjectRef) => found(context, kinds.of(ref), ref) as T | undefined,
    list: <T extends KubeObject>(query: Parameters<Core["list"]>[0], resourceVersion?: string) => {
      const kind = kinds.of(query);
      const matches = matcherOf(kind, query);
      const at = resourceVersion === undefined ? store.version() : versionOf(resourceVersion, store.version());
      const items = objectsAt(store, kind, query.namespace, at).filter(matches) as KubeObject[] as T[];
      return { items, resourceVersion: String(at) };
    },
    subscribe: <T extends KubeObject>(kind: KindRef, listener: (event: WatchEvent<T>) => void) =>
      store.subscribe(kinds.of(kind), ({ type, object }: Change) =>
        listener({ type, object: object as KubeObject as T }),
      ),
    watch: (query, resourceVersion, listener) => watchObjects(store, kinds.of(query), query, resourceVersion, listener),
    resourceVersion: () => String(store.version()),
  };
}

function writes(context: CoreContext): Pick<Core, "create" | "replace" | "patch" | "apply" | "delete"> {
  const { kinds } = context;
  const update = (
    ref: ObjectRef,
    change: (old: AnyObject, kind: Kind) => unknown,
    options: Parameters<Core["replace"]>[1],
  ) => {
    const kind = kinds.of(ref);
    const old = current(context, kind, ref);
    if (options?.subresource === "scale") {
      const scale = requireObject(kind, change(scaleOf(kind, old), kind));
      return scaleOf(kind, updateObject(context, kind, old, scaled(kind, old, scale), options));
    }
    const next = requireObject(kind, change(old, kind));
    if (options?.subresource === "binding") return bind(context, old, bindingTarget(next), options);
    return updateObject(context, kind, old, next, options);
  };
  return {
    create: <T extends KubeObject>(object: T, options = {}) =>
      createObject(context, object, options) as KubeObject as T,
    replace: <T extends KubeObject>(object: T, options = {}) =>
      update(namedRef(object), () => object, options) as KubeObject as T,
    patch: <T extends KubeObject>(ref: ObjectRef, patch: unknown, options: Parameters<Core["patch"]>[2] = {}) => {
      try {
        return update(
          ref,
          (old, kind) => patched(kind, old, patch, options.type ?? "merge"),
          options,
        ) as KubeObject as T;
      } catch (error) {
        // What is secret is not said again
        throw patchFault(error, ref.kind === "Secret" ? "(not shown)" : patch);
      }
    },
    apply: <T extends KubeObject>(object: T, options: Parameters<Core["apply"]>[1]) => {
      const kind = kinds.of(object);
      const live = found(context, kind, namedRef(object));
      if (options.subresource !== "scale") return applyObject(context, object, live, options) as KubeObject as T;
      if (live === undefined) throw notFound(kind, object.metadata.name ?? "");
      const applied = appliedScale(kind, object as AnyObject);
      return scaleOf(kind, applyObject(context, applied, live, options)) as KubeObject as T;
    },
    delete: <T extends KubeObject>(ref: ObjectRef, options = {}) => {
      const kind = kinds.of(ref);
      return deleteObject(context, kind, current(context, kind, ref), options) as KubeObject as T;
    },
  };
}

function current(context: CoreContext, kind: Kind, ref: ObjectRef): AnyObject {
  const object = found(context, kind, ref);
  if (object === undefined) throw notFound(kind, ref.metadata.name);
  return object;
}

/** What a reference leads to; a namespaced one without a namespace means `default`. */
function found({ store }: CoreContext, kind: Kind, { metadata: { name, namespace } }: ObjectRef) {
  return store.get(kind, keyOf(kind, { name, namespace: namespace ?? "default" }));
}

function namedRef(object: KubeObject): ObjectRef {
  if (object.metadata?.name === undefined) throw badRequest("metadata.name is required");
  return refOf(object);
}

function initialObjects(): KubeObject[] {
  const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const priority = (name: string, value: number) => ({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name },
    value,
  });
  return [
    ...["default", "kube-system", "kube-public", "kube-node-lease"].map(namespace),
    ...Object.entries(systemPriorities).map(([name, value]) => priority(name, value)),
  ];
}

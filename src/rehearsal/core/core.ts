import type {
  ApiError,
  DeleteOptions,
  KindRef,
  ListQuery,
  ObjectList,
  ObjectRef,
  WatchEvent,
} from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import type { KindRegistry } from "./kinds.ts";

export type PatchType = "merge" | "json" | "strategic";

export interface WriteOptions {
  /** Who writes: recorded in managedFields. Default `aura`. */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** `binding` assigns a pod to a node (`spec.nodeName`, or a Binding); `finalize` empties a namespace's `spec.finalizers`. */
  readonly subresource?: "status" | "scale" | "binding" | "finalize";
  /** What becomes of fields that the kind does not have: refused, told to `warn`, or (the default) dropped. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** Told what a client should know though its write is accepted: the text of a `Warning: 299` header. */
  readonly warn?: (text: string) => void;
}

/**
 * The cluster itself, in this process: validated objects with resource versions, watches, finalizers and owners.
 * Synchronous, so that controllers are deterministic under a manual clock. What it returns is deeply frozen and
 * shared: copy (`structuredClone`) before changing. Failures are `ApiError`s, worded as the real API server words them.
 */
export interface Core {
  /** What is served, which a CustomResourceDefinition may change. */
  readonly kinds: KindRegistry;
  create<T extends KubeObject>(object: T, options?: WriteOptions): T;
  read<T extends KubeObject>(ref: ObjectRef): T;
  /** As `read`, but undefined where that throws a 404. */
  find<T extends KubeObject>(ref: ObjectRef): T | undefined;
  /** As it is, or as it was at a version: 410 when that is no longer known, 504 when it is still to come. */
  list<T extends KubeObject>(query: ListQuery, resourceVersion?: string): ObjectList<T>;
  /** Fails with 409 when `metadata.resourceVersion` is given and not current. */
  replace<T extends KubeObject>(object: T, options?: WriteOptions): T;
  patch<T extends KubeObject>(
    ref: ObjectRef,
    patch: unknown,
    options?: WriteOptions & { readonly type?: PatchType },
  ): T;
  /** Server-side apply: creates or merges by field ownership; 409 with causes on a conflict unless `force`. */
  apply<T extends KubeObject>(
    object: T,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): T;
  /** Returns the object as it was removed, or as it now waits for its finalizers. */
  delete<T extends KubeObject>(
    ref: ObjectRef,
    options?: DeleteOptions & { readonly uid?: string; readonly resourceVersion?: string; readonly dryRun?: boolean },
  ): T;
  /** Every change of a kind from now on, called right after the write, in order. Returns the unsubscribe function. */
  subscribe<T extends KubeObject>(kind: KindRef, listener: (event: WatchEvent<T>) => void): () => void;
  /**
   * Changes that match `query` after `resourceVersion`, past ones first. Selectors turn changes that enter or leave the
   * selection into ADDED and DELETED. Throws `ApiError` 410 when the version is older than the history kept.
   */
  watch<T extends KubeObject>(
    query: ListQuery,
    resourceVersion: string,
    listener: (event: WatchEvent<T>) => void,
  ): () => void;
  /**
   * Makes every change so far outlive this process; before it, nobody outside may see them. Says why when it cannot
   * (a full disk): then no write may be taken in. Nothing to do in a core that is kept nowhere.
   */
  flush(): ApiError | undefined;
  /** The latest resource version given out. */
  resourceVersion(): string;
}

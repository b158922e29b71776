import type { KubeObject } from "./objects.ts";

/** Which kind of objects, and where. */
export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ObjectRef extends KindRef {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface ListQuery extends KindRef {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ObjectList<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

export type WatchEventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";

export interface WatchEvent<T> {
  readonly type: WatchEventType;
  readonly object: T;
}

export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly gracePeriodSeconds?: number;
}

export interface LogOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  /** The run before the last restart. */
  readonly previous?: boolean;
}

/**
 * The Kubernetes API as Aura uses it, shaped like KubernetesObjectApi of @kubernetes/client-node: any kind, plain
 * objects. Served by a real API server, by the rehearsal over the wire, or by its core in the same process.
 * Every method rejects with an `ApiError` that carries the server's Status.
 */
export interface ObjectApi {
  create<T extends KubeObject>(object: T): Promise<T>;
  read<T extends KubeObject>(ref: ObjectRef): Promise<T>;
  list<T extends KubeObject>(query: ListQuery): Promise<ObjectList<T>>;
  replace<T extends KubeObject>(object: T, options?: { readonly subresource?: "status" }): Promise<T>;
  /** JSON merge patch (RFC 7386). */
  patch<T extends KubeObject>(ref: ObjectRef, patch: object, options?: { readonly subresource?: "status" }): Promise<T>;
  /** Server-side apply; `force` takes over fields that others own. */
  apply<T extends KubeObject>(
    object: T,
    options: { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<T>;
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /**
   * Changes since `resourceVersion` (from a list). Ends when the signal aborts or the server closes;
   * rejects with code 410 when that version is too old.
   */
  watch<T extends KubeObject>(
    query: ListQuery,
    options: { readonly resourceVersion: string; readonly signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>;
  /** A container's log as text chunks. */
  logs(
    pod: { readonly namespace: string; readonly name: string },
    options?: LogOptions & { readonly signal?: AbortSignal },
  ): AsyncIterable<string>;
}

/** An API server that is asked over the wire, and so for more than objects. */
export interface ClusterApi extends ObjectApi {
  /**
   * What any path answers (`/apis/…`, or a pod's own pages by its `proxy`), as text. Rejects as the other methods do, and
   * when the signal aborts.
   */
  text(path: string, options?: { readonly signal?: AbortSignal }): Promise<string>;
  /** The server's version, such as `v1.35.2`, and its time in milliseconds since the epoch, in whole seconds. */
  about(options?: { readonly signal?: AbortSignal }): Promise<{ readonly version: string; readonly at: number }>;
}

/** What a Status says beside its message: the object concerned, and one cause for each field that is wrong. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly { reason?: string; message?: string; field?: string }[];
  /** When the same request may do better. */
  readonly retryAfterSeconds?: number;
}

/** The server's Status object, as an error. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(status: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.reason = reason;
    this.details = details;
  }
}

/** Whether an error is the API's answer with this HTTP status (404, 409, 410, 422, …). */
export function isApiError(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

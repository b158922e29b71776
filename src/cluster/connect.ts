import type { IncomingMessage } from "node:http";

import { Failure } from "../kernel/failure.ts";
import type { ClusterApi, KindRef, ListQuery, ObjectApi, ObjectList, ObjectRef, WatchEvent } from "./api.ts";
import { ApiError } from "./api.ts";
import type { Kubeconfig } from "./kubeconfig.ts";
import type { KubeObject } from "./objects.ts";
import { withRetries } from "./retry.ts";
import { errorOf, openTransport, readText, type Transport, textOf } from "./transport.ts";

/** How many objects a list fetches at a time. */
const pageSize = 500;

/**
 * The cluster that a kubeconfig names, a file or several, served by whom ever: EKS, another API server or the rehearsal.
 * Fails with a `Failure` CLUSTER_UNREACHABLE when the kubeconfig cannot be used or nobody answers, USAGE when it does not
 * have the wanted context.
 */
export async function connectCluster(kubeconfig: string | Kubeconfig): Promise<ClusterApi> {
  const transport = withRetries(await openTransport(kubeconfig));
  const pathOf = resourcePaths(transport);
  const call = async <T>(exchange: Parameters<Transport>[0]) =>
    JSON.parse(await readText(await transport(exchange))) as T;
  const write = async <T extends KubeObject>(
    ref: ObjectRef,
    method: string,
    body: unknown,
    options: WriteOptions = {},
  ) => {
    const { subresource, query = {}, contentType } = options;
    const path = `${await pathOf(ref, ref.metadata.namespace, ref.metadata.name)}${subresource ? `/${subresource}` : ""}`;
    return call<T>({
      method,
      path: withQuery(path, { fieldManager: "aura", ...query }),
      body,
      ...(contentType && { contentType }),
    });
  };

  return {
    create: async <T extends KubeObject>(object: T) => {
      const path = await pathOf(object, object.metadata.namespace);
      return call<T>({ method: "POST", path: withQuery(path, { fieldManager: "aura" }), body: object });
    },
    read: async <T extends KubeObject>(ref: ObjectRef) =>
      call<T>({ method: "GET", path: await pathOf(ref, ref.metadata.namespace, ref.metadata.name) }),
    list: async (query) => listAll(call, await pathOf(query, query.namespace, undefined, true), query),
    replace: (object, options = {}) => write(refOf(object), "PUT", object, options),
    patch: (ref, patch, options = {}) =>
      write(ref, "PATCH", patch, { ...options, contentType: "application/merge-patch+json" }),
    apply: (object, { fieldManager, force = false }) =>
      write(refOf(object), "PATCH", object, {
        contentType: "application/apply-patch+yaml",
        query: { fieldManager, force: String(force) },
      }),
    delete: async (ref, options = {}) => {
      const path = await pathOf(ref, ref.metadata.namespace, ref.metadata.name);
      // The real default differs by kind (a Job's pods would stay): here it is one
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background", ...options };
      await readText(await transport({ method: "DELETE", path, body }));
    },
    watch: (query, { resourceVersion, signal }) =>
      watchChanges(transport, () => pathOf(query, query.namespace, undefined, true), query, resourceVersion, signal),
    logs: (pod, options = {}) => streamLogs(transport, pod, options),
    text: async (path, { signal } = {}) =>
      readText(await transport({ method: "GET", path, accept: "*/*", ...(signal && { signal }) })),
    about: async ({ signal } = {}) => {
      const response = await transport({ method: "GET", path: "/version", ...(signal && { signal }) });
      const { gitVersion } = JSON.parse(await readText(response)) as { gitVersion: string };
      return { version: gitVersion, at: Date.parse(response.headers.date ?? "") };
    },
  };
}

interface WriteOptions {
  readonly subresource?: "status";
  readonly query?: Record<string, string>;
  readonly contentType?: string;
}

interface DiscoveredResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

type ResourcePath = (ref: KindRef, namespace?: string, name?: string, everywhere?: boolean) => Promise<string>;

/** Paths by the server's discovery documents, each read once. A kind that is not there yet is looked up again. */
function resourcePaths(transport: Transport): ResourcePath {
  const known = new Map<string, readonly DiscoveredResource[]>();
  const find = async ({ apiVersion, kind }: KindRef): Promise<{ root: string; resource: DiscoveredResource }> => {
    const root = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
    const isIt = (one: DiscoveredResource) => one.kind === kind && !one.name.includes("/");
    if (!known.get(root)?.some(isIt)) {
      const list = JSON.parse(await readText(await transport({ method: "GET", path: root }))) as {
        resources: DiscoveredResource[];
      };
      known.set(root, list.resources);
    }
    const resource = known.get(root)?.find(isIt);
    if (resource === undefined) throw new ApiError(404, "NotFound", `the server serves no ${kind} in ${apiVersion}`);
    return { root, resource };
  };
  return async (ref, namespace, name, everywhere = false) => {
    const { root, resource } = await find(ref);
    const where = resource.namespaced ? (namespace ?? (everywhere ? undefined : "default")) : undefined;
    const parts = [root, ...(where === undefined ? [] : ["namespaces", encodeURIComponent(where)]), resource.name];
    return [...parts, ...(name === undefined ? [] : [encodeURIComponent(name)])].join("/");
  };
}

async function listAll<T extends KubeObject>(
  call: <R>(exchange: Parameters<Transport>[0]) => Promise<R>,
  path: string,
  query: ListQuery,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const page = await call<{ metadata: { resourceVersion: string; continue?: string }; items: T[] | null }>({
      method: "GET",
      path: withQuery(path, { ...selectors(query), limit: String(pageSize), continue: next }),
    });
    // Items of built-in kinds come without their kind
    for (const item of page.items ?? []) items.push({ ...item, apiVersion: query.apiVersion, kind: query.kind });
    next = page.metadata.continue || undefined;
    if (next === undefined) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

async function* watchChanges<T extends KubeObject>(
  transport: Transport,
  path: () => Promise<string>,
  query: ListQuery,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  let started = false;
  try {
    const options = { watch: "true", allowWatchBookmarks: "true", resourceVersion };
    const response = await transport({
      method: "GET",
      path: withQuery(await path(), { ...selectors(query), ...options }),
      signal,
      isStream: true,
    });
    started = true;
    for await (const line of linesOf(response)) {
      const event = JSON.parse(line) as { type: string; object: unknown };
      if (event.type === "ERROR") throw errorOf(500, JSON.stringify(event.object));
      yield event as WatchEvent<T>;
    }
  } catch (error) {
    // A watch whose connection breaks has ended like one that the server closed
    const isEnd = signal.aborted || (started && error instanceof Failure);
    if (!isEnd) throw error;
  }
}

async function* streamLogs(
  transport: Transport,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  options: NonNullable<Parameters<ObjectApi["logs"]>[1]>,
): AsyncGenerator<string> {
  const { signal, container, follow, timestamps, previous } = options;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`;
  const flag = (on: boolean | undefined) => on && "true";
  const query = { container, follow: flag(follow), timestamps: flag(timestamps), previous: flag(previous) };
  try {
    const response = await transport({
      method: "GET",
      path: withQuery(path, query),
      isStream: true,
      ...(signal && { signal }),
    });
    yield* textOf(response);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of textOf(response)) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
}

function selectors({ labelSelector, fieldSelector }: ListQuery): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

function withQuery(path: string, query: Record<string, string | false | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

import type { ListQuery, ObjectApi, ObjectRef, WatchEvent } from "../../cluster/api.ts";
import { ApiError } from "../../cluster/api.ts";
import type { KubeObject, Pod } from "../../cluster/objects.ts";
import type { LogSource } from "../kubelet/log-source.ts";
import type { Core } from "./core.ts";

/** The asynchronous client over a core in this process: what `connectCluster` gives for a server elsewhere. */
export function inProcessApi(
  core: Core,
  options: { readonly logs?: LogSource; readonly fieldManager?: string } = {},
): ObjectApi {
  const { fieldManager = "aura" } = options;
  return {
    create: async (object) => core.create(object, { fieldManager }),
    read: async (ref) => core.read(ref),
    list: async (query) => core.list(query),
    replace: async (object, { subresource } = {}) =>
      core.replace(object, { fieldManager, ...(subresource && { subresource }) }),
    patch: async (ref, patch, { subresource } = {}) =>
      core.patch(ref, patch, { fieldManager, ...(subresource && { subresource }) }),
    apply: async (object, applyOptions) => core.apply(object, applyOptions),
    delete: async (ref, deleteOptions = {}) =>
      void core.delete(ref, { propagationPolicy: "Background", ...deleteOptions }),
    watch: (query, { resourceVersion, signal }) => watchIterator(core, query, resourceVersion, signal),
    logs: (pod, logOptions = {}) => readLogs(core, options.logs, pod, logOptions),
  };
}

async function* watchIterator<T extends KubeObject>(
  core: Core,
  query: ListQuery,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const waiting: WatchEvent<T>[] = [];
  let wake: (() => void) | undefined;
  const stop = core.watch<T>(query, resourceVersion, (event) => {
    waiting.push(event);
    wake?.();
  });
  const abort = () => wake?.();
  signal.addEventListener("abort", abort, { once: true });
  try {
    while (!signal.aborted) {
      for (let event = waiting.shift(); event !== undefined && !signal.aborted; event = waiting.shift()) yield event;
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.length > 0 || signal.aborted) resolve();
      });
    }
  } finally {
    stop();
    signal.removeEventListener("abort", abort);
  }
}

async function* readLogs(
  core: Core,
  logs: LogSource | undefined,
  pod: { readonly namespace: string; readonly name: string },
  options: NonNullable<Parameters<ObjectApi["logs"]>[1]>,
): AsyncGenerator<string> {
  if (logs === undefined) throw new ApiError(501, "NotImplemented", "this cluster keeps no logs");
  yield* logs.read(logRequest(core, pod, options));
}

/**
 * Which log a request means: the pod must exist, and the container must be one of its own.
 * Without a container it is the one that `kubectl.kubernetes.io/default-container` names, or the only one.
 */
export function logRequest<O extends { readonly container?: string }>(
  core: Core,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  options: O,
): O & { readonly namespace: string; readonly pod: string; readonly uid: string; readonly container: string } {
  const ref: ObjectRef = { apiVersion: "v1", kind: "Pod", metadata: { namespace, name } };
  const pod = core.read<Pod>(ref);
  const names = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(
    (container) => container.name,
  );
  const first = pod.metadata.annotations?.["kubectl.kubernetes.io/default-container"];
  const [only, ...more] = pod.spec?.containers ?? [];
  const container = options.container ?? first ?? (more.length === 0 ? only?.name : undefined);
  if (container === undefined) {
    throw new ApiError(
      400,
      "BadRequest",
      `a container name must be specified for pod ${name}, choose one of: [${names.join(" ")}]`,
    );
  }
  if (!names.includes(container))
    throw new ApiError(400, "BadRequest", `container ${container} is not valid for pod ${name}`);
  return { ...options, namespace, pod: name, uid: pod.metadata.uid ?? "", container };
}

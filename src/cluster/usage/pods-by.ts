import type { ClusterApi } from "../api.ts";
import type { Pod } from "../objects.ts";

/** The running pods of all namespaces whose label `key` is one of `values`. */
export async function runningPodsBy(
  api: ClusterApi,
  key: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const query = new URLSearchParams({
    labelSelector: `${key} in (${values.join(",")})`,
    fieldSelector: "status.phase=Running",
  });
  const list = JSON.parse(await api.text(`/api/v1/pods?${query}`, { signal })) as { readonly items?: Pod[] };
  return list.items ?? [];
}

/** What a pod's own port answers, through the API server; `port` is what its container names so, else this number. */
export async function pageOf(
  api: ClusterApi,
  pod: Pod,
  port: { readonly name: string; readonly fallback: number },
  signal: AbortSignal,
): Promise<string> {
  const { namespace = "default", name = "" } = pod.metadata;
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const number = ports.find((one) => one.name === port.name)?.containerPort ?? port.fallback;
  return api.text(`/api/v1/namespaces/${namespace}/pods/${name}:${number}/proxy/metrics`, { signal });
}

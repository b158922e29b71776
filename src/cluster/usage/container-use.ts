import { quantityOf } from "../../kernel/quantity.ts";
import type { ClusterApi } from "../api.ts";
import type { Pod } from "../objects.ts";

/** CPU and memory that a pod uses. */
export interface ContainerUse {
  readonly namespace: string;
  readonly pod: string;
  readonly cpuMillis: number;
  readonly memoryMib: number;
}

interface PodMetricsList {
  readonly items?: readonly {
    readonly metadata?: { readonly namespace?: string; readonly name?: string };
    readonly containers?: readonly { readonly usage?: { readonly cpu?: string; readonly memory?: string } }[];
  }[];
}

/** As metrics-server has it (metrics.k8s.io/v1beta1), where there is one; EKS comes without. */
export async function askMetricsServer(
  api: ClusterApi,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly ContainerUse[]> {
  const namespaces = distinct(pods.map(({ metadata }) => metadata.namespace ?? "default"));
  const paths = namespaces.map((namespace) => `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`);
  const pages = await Promise.all(paths.map((path) => api.text(path, { signal })));
  return pages.flatMap((page) => parsePodMetrics(JSON.parse(page) as PodMetricsList));
}

function parsePodMetrics({ items = [] }: PodMetricsList): ContainerUse[] {
  return items.map(({ metadata = {}, containers = [] }) => {
    const sum = (resource: "cpu" | "memory") =>
      containers.reduce((total, { usage }) => total + (quantityOf(usage?.[resource] ?? "0") ?? 0), 0);
    const { namespace = "default", name: pod = "" } = metadata;
    return { namespace, pod, cpuMillis: sum("cpu") * 1000, memoryMib: sum("memory") / 2 ** 20 };
  });
}

interface KubeletSummary {
  readonly pods?: readonly {
    readonly podRef?: { readonly namespace?: string; readonly name?: string };
    readonly cpu?: { readonly usageNanoCores?: number };
    readonly memory?: { readonly workingSetBytes?: number };
  }[];
}

/** As the kubelets of the pods' nodes measure it themselves: every cluster has those, not everybody may ask them. */
export async function askKubelets(
  api: ClusterApi,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly ContainerUse[]> {
  const nodes = distinct(pods.flatMap(({ spec }) => spec?.nodeName ?? []));
  const pages = await Promise.all(
    nodes.map((node) => api.text(`/api/v1/nodes/${node}/proxy/stats/summary`, { signal })),
  );
  return pages.flatMap((page) => parseSummary(JSON.parse(page) as KubeletSummary));
}

/** A pod that has just begun has no CPU yet. */
function parseSummary({ pods = [] }: KubeletSummary): ContainerUse[] {
  return pods.flatMap(({ podRef = {}, cpu, memory }) => {
    const { namespace = "default", name: pod = "" } = podRef;
    if (cpu?.usageNanoCores === undefined || memory?.workingSetBytes === undefined) return [];
    return { namespace, pod, cpuMillis: cpu.usageNanoCores / 1e6, memoryMib: memory.workingSetBytes / 2 ** 20 };
  });
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

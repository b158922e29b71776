import type { Clock } from "../../kernel/clock.ts";
import type { UsageObserved } from "../../timeline/entries.ts";
import type { ClusterApi } from "../api.ts";
import type { Pod } from "../objects.ts";
import { bounded } from "./bounded.ts";
import { askKubelets, askMetricsServer, type ContainerUse } from "./container-use.ts";
import { askGpuExporters, type GpuUse } from "./gpu-use.ts";
import { remembering } from "./remembering.ts";

export interface ClusterUsageOptions {
  /** The connection, while there is one. */
  readonly api: () => ClusterApi | undefined;
  readonly clock: Clock;
  /** The run's pods as they are now. */
  readonly pods: (api: ClusterApi) => Promise<readonly Pod[]>;
}

export type PodUsage = Omit<UsageObserved, "type">;

/** In milliseconds: metrics-server and DCGM's exporter measure every 15 and 30 s themselves. */
const everyMs = 15_000;
const longestMs = 5_000;

/**
 * What a cluster measures of the run's pods: CPU and memory by metrics-server, else by the nodes' kubelets; GPUs by DCGM
 * exporters. The function asks every 15 s at most, gives each sample once, waits 5 s at most, and never fails: what is not
 * installed gives nothing.
 */
export function clusterUsage({
  api: connection,
  clock,
  pods,
}: ClusterUsageOptions): () => Promise<readonly PodUsage[]> {
  const metricsServer = remembering(clock, askMetricsServer);
  const kubelets = remembering(clock, askKubelets);
  const gpuExporters = remembering(clock, askGpuExporters);
  const runningPods = remembering(clock, pods);
  let askedAt = Number.NEGATIVE_INFINITY;

  const sample = async (api: ClusterApi, signal: AbortSignal) => {
    const running = ((await runningPods(api)) ?? []).filter(({ status }) => status?.phase === "Running");
    if (running.length === 0) return [];
    const withGpus = running.filter(asksForGpus);
    const [containers, gpus] = await Promise.all([
      metricsServer(api, running, signal).then((use) => use ?? kubelets(api, running, signal)),
      withGpus.length === 0 ? [] : gpuExporters(api, withGpus, signal),
    ]);
    return running.flatMap((pod) => usageOf(pod, containers ?? [], gpus ?? []));
  };

  return async () => {
    const api = connection();
    if (api === undefined || clock.now() - askedAt < everyMs) return [];
    askedAt = clock.now();
    return bounded(clock, longestMs, (signal) => sample(api, signal)).catch(() => []);
  };
}

function asksForGpus({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(({ resources }) => resources?.limits?.["nvidia.com/gpu"] !== undefined);
}

function usageOf({ metadata }: Pod, containers: readonly ContainerUse[], gpus: readonly GpuUse[]): PodUsage[] {
  const { namespace = "default", name: pod = "" } = metadata;
  const isIts = (use: { readonly namespace: string; readonly pod: string }) =>
    use.namespace === namespace && use.pod === pod;
  const own = containers.find(isIts);
  const devices = gpus.filter(isIts).map(({ utilizationPercent, memoryMib }) => ({ utilizationPercent, memoryMib }));
  if (own === undefined && devices.length === 0) return [];
  return [
    {
      namespace,
      pod,
      ...(own && { cpuMillis: own.cpuMillis, memoryMib: own.memoryMib }),
      ...(devices.length > 0 && { gpus: devices }),
    },
  ];
}

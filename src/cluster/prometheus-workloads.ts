import { instanceTypes } from "../catalog/instance-types.ts";
import { grouped } from "../timeline/order.ts";
import type { DeviceUsage, WorkloadKind, WorkloadUsage } from "../trace/utilization.ts";
import { type GpuField, type Grid, type MeasuredGpu, measuredGpus } from "./prometheus-gpus.ts";
import { type PodMeasurements, podMeasurements } from "./prometheus-pods.ts";
import type { PrometheusServer } from "./prometheus-request.ts";

/** What Prometheus knows of the GPUs of a cluster over a span of time. */
export interface MeasuredWorkloads {
  readonly workloads: readonly WorkloadUsage[];
  /** GPUs while no pod had them, a host and model each. */
  readonly unassigned: readonly { readonly host: string; readonly gpu: string; readonly gpuHours: number }[];
  /** Metrics that were found, and what was looked for in vain. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/** Every pod that had a GPU, with what was measured of it. Prices are for the caller to add. */
export async function measuredWorkloads(server: PrometheusServer, grid: Grid): Promise<MeasuredWorkloads> {
  const { gpus, found, missing } = await measuredGpus(server, grid);
  const byPod = grouped(
    gpus.filter(({ pod }) => pod !== undefined),
    ({ pod }) => `${pod?.namespace}/${pod?.name}`,
  );
  const names = [...byPod.values()].flatMap(([first]) => first?.pod?.name ?? []);
  const more = await podMeasurements(server, grid, names);
  return {
    workloads: [...byPod]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, own]) => workloadOf(name, { own, grid, pod: more.pods.get(name) }) ?? []),
    unassigned: unassignedOf(gpus, grid),
    found,
    missing: [...missing, ...more.missing],
  };
}

interface Parts {
  readonly own: readonly MeasuredGpu[];
  readonly grid: Grid;
  readonly pod: PodMeasurements | undefined;
}

function workloadOf(name: string, { own, grid, pod }: Parts): WorkloadUsage | undefined {
  const engines = own.map((gpu) => engineOf(gpu));
  const [from, to] = measuredSpan(engines);
  if (from > to) return undefined;
  const cut = (column: Float64Array) => column.slice(from, to + 1);
  const devices = own.map((gpu, index) => deviceOf(gpu, cut(engines[index] ?? new Float64Array()), cut));
  const memoryMib = Math.max(0, ...devices.map(({ memoryTotalMib }) => memoryTotalMib));
  const gpu = gpuNamed(own[0]?.model ?? "", memoryMib);
  return {
    name,
    kind: kindOf(name, pod),
    startMs: grid.startMs + from * grid.stepSeconds * 1000,
    stepSeconds: grid.stepSeconds,
    samples: to - from + 1,
    ...(gpu !== undefined && { gpu }),
    devices,
    ...(pod?.ioBytesPerSecond && { ioBytesPerSecond: cut(pod.ioBytesPerSecond) }),
    ...(pod?.requests && { requestsPerSecond: cut(pod.requests) }),
    reservesMemory: pod?.isVllm === true || /vllm|sglang/i.test(name),
  };
}

function engineOf({ columns: { engine, utilization } }: MeasuredGpu): Float64Array {
  const percent = utilization ?? new Float64Array(engine?.length ?? 0).fill(Number.NaN);
  return (engine ?? percent).map((value, index) =>
    engine === undefined || Number.isNaN(value) ? (percent[index] ?? Number.NaN) / 100 : value,
  );
}

function deviceOf(
  { columns }: MeasuredGpu,
  engineActive: Float64Array,
  cut: (column: Float64Array) => Float64Array,
): DeviceUsage {
  const { sm, dram, memoryUsed, memoryFree, memoryTotal } = columns;
  const used = memoryUsed === undefined ? new Float64Array(engineActive.length).fill(Number.NaN) : cut(memoryUsed);
  return {
    engineActive,
    ...(sm && { smActive: cut(sm) }),
    ...(dram && { dramActive: cut(dram) }),
    memoryUsedMib: used,
    memoryTotalMib:
      most(memoryTotal) || most(memoryUsed?.map((value, index) => value + (memoryFree?.[index] ?? Number.NaN))),
  };
}

/** More is one of DCGM's values for what it cannot measure. */
const mostMib = 1e7;

/** Of what was measured; 0 where nothing was. */
function most(column: Float64Array = new Float64Array()): number {
  return column.reduce((peak, value) => (value > peak && value < mostMib ? value : peak), 0);
}

function measuredSpan(columns: readonly Float64Array[]): readonly [number, number] {
  const places = columns.map(
    (column) =>
      [
        column.findIndex((value) => !Number.isNaN(value)),
        column.findLastIndex((value) => !Number.isNaN(value)),
      ] as const,
  );
  const measured = places.filter(([from]) => from >= 0);
  return [Math.min(...measured.map(([from]) => from)), Math.max(-1, ...measured.map(([, to]) => to))];
}

/** Notebooks are known by their names, servers by their requests or by being kept alive, the rest are jobs. */
function kindOf(name: string, pod: PodMeasurements | undefined): WorkloadKind {
  if (/jupyter|notebook|code-server|vscode|rstudio|workspace/i.test(name)) return "interactive";
  return pod?.requests !== undefined || pod?.owner === "ReplicaSet" ? "serving" : "job";
}

function unassignedOf(gpus: readonly MeasuredGpu[], { stepSeconds }: Grid): MeasuredWorkloads["unassigned"] {
  const groups = grouped(
    gpus.filter(({ pod }) => pod === undefined),
    ({ host, model }) => JSON.stringify([host, model]),
  );
  return [...groups.values()].flatMap((own) => {
    const samples = own.reduce((sum, gpu) => sum + engineOf(gpu).filter((value) => !Number.isNaN(value)).length, 0);
    const [first] = own;
    if (first === undefined || samples === 0) return [];
    const memory = ({ columns }: { columns: Partial<Record<GpuField, Float64Array>> }) =>
      most(columns.memoryTotal) || most(columns.memoryFree);
    return [
      {
        host: first.host,
        gpu: gpuNamed(first.model, memory(first)) ?? first.model,
        gpuHours: (samples * stepSeconds) / 3600,
      },
    ];
  });
}

/** Karpenter's name of a GPU by what the driver calls it; of several by the nearest memory. */
export function gpuNamed(model: string, memoryMib: number): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/nvidia|tesla|[^a-z0-9]/g, "");
  const wanted = plain(model);
  if (wanted === "") return undefined;
  const gpus = instanceTypes()
    .flatMap(({ gpu }) => gpu ?? [])
    .filter(({ product }) => plain(product) === wanted);
  const [nearest] = gpus.sort((a, b) => Math.abs(a.memoryMib - memoryMib) - Math.abs(b.memoryMib - memoryMib));
  return nearest?.name;
}

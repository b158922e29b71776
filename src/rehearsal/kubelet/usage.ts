import type { Container, Pod } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { parseQuantity } from "../../kernel/quantity.ts";
import { gpusOf } from "./gpu-shim.ts";
import type { GpuUsage, HostGpus } from "./host-gpus.ts";
import type { GroupRecord } from "./ledger.ts";
import { membersOf } from "./process-group.ts";
import { type ProcessRow, proportionalMib, readProcesses } from "./process-table.ts";

/** What a pod's processes use: the latest sample, and the most memory in any. */
export interface PodUsage {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  /** When it was sampled, in the cluster's clock. */
  readonly at: number;
  /** Thousandths of a core, the mean since the sample before. */
  readonly cpuMillis: number;
  /** Resident memory, pages that are shared counted once per process. */
  readonly memoryMib: number;
  readonly peakMemoryMib: number;
  /** This machine's devices, when the pod asked for GPUs and there are any. Other users of a device are in the figure. */
  readonly gpus?: readonly GpuUsage[];
}

/** A container's process group to be watched. */
interface Tracked {
  readonly pod: Pod;
  readonly container: Container;
  readonly group: GroupRecord;
  /** Called when the group uses more memory together than limits.memory. */
  outOfMemory(usedMib: number, limitMib: number): void;
}

export type UsageSampler = ReturnType<typeof usageSampler>;

/** Real processes hold the clock, so that this is real time. Twice as often as reports need, for the memory limit's sake. */
const intervalMs = 500;

/** Samples processor time and memory of process groups while there are any. */
export function usageSampler({ clock, gpus }: { readonly clock: Clock; readonly gpus: HostGpus }) {
  /** With each group's processor time at the sample before. */
  const tracked = new Map<Tracked, number>();
  const latest = new Map<string, PodUsage>();
  let sampledAt = clock.now();
  let devices: readonly GpuUsage[] = [];
  let cancel: (() => void) | undefined;

  const sample = () => {
    const processes = readProcesses();
    const elapsedMs = Math.max(1, clock.now() - sampledAt);
    sampledAt = clock.now();
    const sums = new Map<string, Sample>();
    for (const [entry, cpuBefore] of tracked) {
      const { cpuMs, memoryMib } = measure(entry, processes);
      tracked.set(entry, cpuMs);
      const { uid = "" } = entry.pod.metadata;
      const sum = sums.get(uid) ?? { pod: entry.pod, cpuMillis: 0, memoryMib: 0, gpus: 0 };
      sum.cpuMillis += (Math.max(0, cpuMs - cpuBefore) * 1000) / elapsedMs;
      sum.memoryMib += memoryMib;
      sum.gpus += gpusOf(entry.container);
      sums.set(uid, sum);
    }
    for (const [uid, sum] of sums) latest.set(uid, usageOf(sum, { at: sampledAt, before: latest.get(uid), devices }));
  };
  const lookAtDevices = async () => {
    if ([...tracked.keys()].every((entry) => gpusOf(entry.container) === 0) || (await gpus.count()) === 0) return;
    devices = await gpus.usage();
  };
  const tick = () => {
    sample();
    void lookAtDevices();
    arm();
  };
  const arm = () => {
    cancel = tracked.size === 0 ? undefined : clock.schedule(intervalMs, tick, { background: true });
  };

  return {
    /** Samples this group until the returned function is called. */
    track(entry: Tracked): () => void {
      tracked.set(entry, 0);
      if (cancel === undefined) {
        sampledAt = clock.now();
        arm();
      }
      return () => {
        tracked.delete(entry);
        if (tracked.size > 0) return;
        cancel?.();
        cancel = undefined;
      };
    },
    /** The latest of every pod that was sampled and not forgotten; a pod that ended stays as it was last seen. */
    usage: () => [...latest.values()],
    forget: (uid: string) => latest.delete(uid),
  };
}

/** The sum of a pod's groups. */
interface Sample {
  readonly pod: Pod;
  cpuMillis: number;
  memoryMib: number;
  gpus: number;
}

function usageOf(
  { pod: { metadata }, cpuMillis, memoryMib, gpus }: Sample,
  seen: { readonly at: number; readonly before: PodUsage | undefined; readonly devices: readonly GpuUsage[] },
): PodUsage {
  return {
    namespace: metadata.namespace ?? "default",
    pod: metadata.name ?? "",
    uid: metadata.uid ?? "",
    at: seen.at,
    cpuMillis: Math.round(cpuMillis),
    memoryMib,
    peakMemoryMib: Math.max(memoryMib, seen.before?.peakMemoryMib ?? 0),
    ...(gpus > 0 && seen.devices.length > 0 ? { gpus: seen.devices.slice(0, gpus) } : {}),
  };
}

/** What a group uses now; one that uses more memory than it may is reported on the way. */
function measure(entry: Tracked, processes: readonly ProcessRow[]): Pick<ProcessRow, "cpuMs" | "memoryMib"> {
  const members = membersOf(entry.group, processes);
  const sum = (value: (row: ProcessRow) => number) => members.reduce((total, row) => total + value(row), 0);
  const memoryMib = sum((row) => row.memoryMib);
  const limit = entry.container.resources?.limits?.["memory"];
  const limitMib = limit === undefined ? Number.POSITIVE_INFINITY : parseQuantity(limit) / 2 ** 20;
  if (memoryMib > limitMib) {
    // shared pages make resident memory look larger than it is: before a group is killed, they are counted properly
    const usedMib = sum((row) => proportionalMib(row.pid) ?? row.memoryMib);
    if (usedMib > limitMib) entry.outOfMemory(usedMib, limitMib);
  }
  return { cpuMs: sum((row) => row.cpuMs), memoryMib };
}

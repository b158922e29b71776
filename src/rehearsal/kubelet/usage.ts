import type { Pod } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
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

/** A process group to be watched. */
export interface TrackedGroup {
  readonly pod: Pod;
  readonly group: GroupRecord;
  readonly gpus: number;
  /** Memory the group may use together; none when absent. */
  readonly limitMib?: number;
  /** Called when it uses more. */
  outOfMemory(usedMib: number): void;
}

export interface UsageSampler {
  /** Samples this group until the returned function is called. */
  track(tracked: TrackedGroup): () => void;
  /** The latest of every pod that was sampled and not forgotten; a pod that ended stays as it was last seen. */
  usage(): PodUsage[];
  forget(uid: string): void;
}

/** Real processes hold the clock, so that this is real time. Twice as often as reports need, for the memory limit's sake. */
const intervalMs = 500;

/** Samples processor time and memory of process groups while there are any. */
export function usageSampler(deps: { readonly clock: Clock; readonly gpus: HostGpus }): UsageSampler {
  const tracked = new Map<TrackedGroup, number>();
  const latest = new Map<string, PodUsage>();
  let sampledAt = deps.clock.now();
  let gpuUsage: readonly GpuUsage[] = [];
  let cancel: (() => void) | undefined;

  const sample = () => {
    const processes = readProcesses();
    const elapsedMs = Math.max(1, deps.clock.now() - sampledAt);
    sampledAt = deps.clock.now();
    const byPod = samplePods(tracked, processes, elapsedMs);
    for (const [uid, samples] of byPod) {
      latest.set(uid, { ...merge(samples, latest.get(uid), gpuUsage), at: sampledAt });
    }
  };
  const tick = () => {
    sample();
    if ([...tracked.keys()].some((entry) => entry.gpus > 0)) {
      void usageOf(deps.gpus).then((usage) => {
        gpuUsage = usage;
      });
    }
    arm();
  };
  const arm = () => {
    cancel = tracked.size === 0 ? undefined : deps.clock.schedule(intervalMs, tick, { background: true });
  };

  return {
    track(entry) {
      tracked.set(entry, 0);
      if (cancel === undefined) {
        sampledAt = deps.clock.now();
        arm();
      }
      return () => {
        tracked.delete(entry);
        if (tracked.size > 0) return;
        cancel?.();
        cancel = undefined;
      };
    },
    usage: () => [...latest.values()],
    forget: (uid) => latest.delete(uid),
  };
}

async function usageOf(gpus: HostGpus): Promise<readonly GpuUsage[]> {
  return (await gpus.count()) > 0 ? gpus.usage() : [];
}

interface TrackedSample {
  readonly entry: TrackedGroup;
  readonly cpuMillis: number;
  readonly memoryMib: number;
}

function merge(
  samples: readonly TrackedSample[],
  before: PodUsage | undefined,
  gpuUsage: readonly GpuUsage[],
): Omit<PodUsage, "at"> {
  const metadata = samples[0]?.entry.pod.metadata ?? {};
  const memoryMib = sum(samples, (sample) => sample.memoryMib);
  const gpus = sum(samples, (sample) => sample.entry.gpus);
  return {
    namespace: metadata.namespace ?? "default",
    pod: metadata.name ?? "",
    uid: metadata.uid ?? "",
    cpuMillis: Math.round(sum(samples, (sample) => sample.cpuMillis)),
    memoryMib,
    peakMemoryMib: Math.max(memoryMib, before?.peakMemoryMib ?? 0),
    ...(gpus > 0 && gpuUsage.length > 0 ? { gpus: gpuUsage.slice(0, gpus) } : {}),
  };
}

/** Samples by the pod's uid; `tracked` holds each group's processor time as of the sample before, and is brought up to date. */
function samplePods(
  tracked: Map<TrackedGroup, number>,
  processes: readonly ProcessRow[],
  elapsedMs: number,
): Map<string, TrackedSample[]> {
  const byPod = new Map<string, TrackedSample[]>();
  for (const [entry, cpuBefore] of tracked) {
    const { cpuMs, memoryMib } = measure(entry, processes);
    tracked.set(entry, cpuMs);
    const uid = entry.pod.metadata.uid ?? "";
    const cpuMillis = (Math.max(0, cpuMs - cpuBefore) * 1000) / elapsedMs;
    byPod.set(uid, [...(byPod.get(uid) ?? []), { entry, cpuMillis, memoryMib }]);
  }
  return byPod;
}

/** What a group uses now; one that uses more memory than it may is reported on the way. */
function measure(
  entry: TrackedGroup,
  processes: readonly ProcessRow[],
): { readonly cpuMs: number; readonly memoryMib: number } {
  const members = membersOf(entry.group, processes);
  const memoryMib = sum(members, (row) => row.memoryMib);
  if (entry.limitMib !== undefined && memoryMib > entry.limitMib) {
    // shared pages make resident memory look larger than it is: before a group is killed, they are counted properly
    const usedMib = sum(members, (row) => proportionalMib(row.pid) ?? row.memoryMib);
    if (usedMib > entry.limitMib) entry.outOfMemory(usedMib);
  }
  return { cpuMs: sum(members, (row) => row.cpuMs), memoryMib };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

import type { TimelineEntry } from "./entries.ts";
import type { UsageModel } from "./model-types.ts";
import { type EntryOf, grouped, only } from "./order.ts";

/** The most that each pod was seen to use. */
export function usageModels(ordered: readonly TimelineEntry[]): UsageModel[] {
  const groups = grouped(only(ordered, "usage"), ({ namespace, pod }) => `${namespace}/${pod}`);
  return [...groups.values()].flatMap((entries) => usageModel(entries));
}

function usageModel(entries: readonly EntryOf<"usage">[]): UsageModel[] {
  const [first] = entries;
  if (first === undefined) return [];
  const gpus = entries.flatMap((entry) => entry.gpus ?? []);
  const cpu = entries.flatMap(({ cpuMillis }) => cpuMillis ?? []);
  const memory = entries.flatMap(({ memoryMib }) => memoryMib ?? []);
  const { namespace, pod } = first;
  return [
    {
      namespace,
      pod,
      samples: new Set(entries.map(({ at }) => at)).size,
      ...(cpu.length > 0 && { peakCpuMillis: peak(cpu) }),
      ...(memory.length > 0 && { peakMemoryMib: peak(memory) }),
      ...(gpus.length > 0 && {
        peakGpuPercent: peak(gpus.map(({ utilizationPercent }) => utilizationPercent)),
        peakGpuMemoryMib: peak(gpus.map(({ memoryMib }) => memoryMib)),
      }),
    },
  ];
}

function peak(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

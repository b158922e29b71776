import type { WorkloadUsage } from "../../trace/utilization.ts";
import { activityOf } from "./activity.ts";
import { decayingHistogram } from "./decaying-histogram.ts";
import { sampleOf } from "./detect.ts";
import { type Minute, minutesOf } from "./minutes.ts";
import type { WatchedWorkload } from "./workload.ts";

/** What a workload was measured to need of its GPUs while it worked. Shares are of one GPU of the kind that it has. */
export interface GpuNeeds {
  /** Hours that were measured and in which it worked. */
  readonly hours: number;
  /** Hours from its first sample to its last. */
  readonly spanHours: number;
  readonly gpus: number;
  /** GPUs that did anything, at the 95th percentile of minutes. */
  readonly busyGpus: number;
  /** Of its fullest GPU, ever. */
  readonly peakMemoryMib: number;
  /** Of one GPU. */
  readonly memoryMib: number;
  /** Of its busiest GPU, the 95th percentile of minutes. */
  readonly p95Sm: number;
  /** The same; undefined where it was never measured. */
  readonly p95Dram: number | undefined;
  /** What it has in memory may be more than it needs: it reserves. */
  readonly reservesMemory: boolean;
}

/** Gathers what a workload needs, minute by minute. */
export interface NeedsTracker {
  observe(minute: Minute): void;
  needs(): GpuNeeds;
}

const shares = { first: 0.001, most: 1 };
const busySm = 0.02;

export function needsTracker(workload: WatchedWorkload): NeedsTracker {
  const sm = workload.devices.map(() => decayingHistogram(shares));
  const dram = decayingHistogram(shares);
  let [seconds, lastSeconds, peakMemoryMib, measuredDram] = [0, 0, 0, false];

  return {
    observe(minute) {
      const { fromSeconds, toSeconds, devices } = minute;
      lastSeconds = toSeconds;
      // memory counts in any minute: it is what it would not start without
      for (const { memoryMib } of devices) if (memoryMib > peakMemoryMib) peakMemoryMib = memoryMib;
      if (activityOf(minute) !== "working") return;
      seconds += toSeconds - fromSeconds;
      devices.forEach((device, index) => {
        sm[index]?.add(device.sm, toSeconds);
        measuredDram ||= !Number.isNaN(device.dram);
      });
      dram.add(Math.max(0, ...devices.map((device) => device.dram || 0)), toSeconds);
    },
    needs() {
      const p95 = sm.map((device) => device.quantile(0.95));
      return {
        hours: seconds / 3600,
        spanHours: lastSeconds / 3600,
        gpus: workload.devices.length,
        busyGpus: p95.filter((share) => share >= busySm).length,
        peakMemoryMib,
        memoryMib: Math.max(0, ...workload.devices.map(({ memoryTotalMib }) => memoryTotalMib || 0)),
        p95Sm: Math.max(0, ...p95),
        p95Dram: measuredDram ? dram.quantile(0.95) : undefined,
        reservesMemory: workload.reservesMemory === true,
      };
    },
  };
}

/** What a recorded series shows. */
export function needsOf(usage: WorkloadUsage): GpuNeeds {
  const tracker = needsTracker(usage);
  const minutes = minutesOf(usage.stepSeconds, usage.devices.length);
  for (let index = 0; index < usage.samples; index += 1) {
    for (const minute of minutes.add(sampleOf(usage, index))) tracker.observe(minute);
  }
  for (const minute of minutes.end()) tracker.observe(minute);
  return tracker.needs();
}

import { activityOf } from "./activity.ts";
import { enoughEvidence } from "./evidence.ts";
import { disproved, neutral, shareOf, type WasteRule } from "./rule.ts";
import { smallMemoryShare, type WasteWindows } from "./windows.ts";
import type { WatchedWorkload } from "./workload.ts";

/**
 * WASTE-MEM: in a day of work, or in three runs, never more than 45 % of the memory was in use. One minute above says that it is needed, for good. What
 * reserves memory up front, as vLLM does, is left out.
 */
export function memoryRule(workload: WatchedWorkload, windows: WasteWindows): WasteRule {
  let peakShare = 0;
  let peakMib = 0;
  return {
    label: () => "WASTE-MEM",
    read(minute) {
      for (const [index, { memoryMib }] of minute.devices.entries()) {
        const total = workload.devices[index]?.memoryTotalMib ?? Number.NaN;
        if (Number.isFinite(memoryMib) && total > 0) {
          peakShare = Math.max(peakShare, memoryMib / total);
          peakMib = Math.max(peakMib, memoryMib);
        }
      }
      if (workload.reservesMemory === true || workload.kind === "interactive" || peakShare >= smallMemoryShare)
        return disproved;
      const measured = minute.devices.every(({ memoryMib }) => Number.isFinite(memoryMib));
      if (activityOf(minute) !== "working" || !measured) return neutral;
      const unused = 1 - peakShare / smallMemoryShare / 2;
      return {
        llr: shareOf(enoughEvidence, minute, windows.memoryMinutes),
        wastedGpus: workload.devices.length * Math.max(0, unused),
      };
    },
    isBlocked: () => peakMib === 0,
    devices: () => workload.devices.map((_, index) => index),
    figures: () => ({ peakMib: Math.round(peakMib), peakShare }),
    // the peak is of the whole life
    reset() {},
  };
}

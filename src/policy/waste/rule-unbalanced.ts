import { activityOf } from "./activity.ts";
import { enoughEvidence } from "./evidence.ts";
import { disproved, shareOf, type WasteRule } from "./rule.ts";
import { type RunningMoments, runningMoments } from "./running.ts";
import type { WasteWindows } from "./windows.ts";
import type { WatchedWorkload } from "./workload.ts";

/** `policy.md` 3.3: between the busiest and the idlest GPU; a little less than that says nothing. */
const wideGap = 0.4;
const evenGap = 0.32;

/** UNBALANCED: while some GPUs of a workload work, others have next to nothing to do. */
export function unbalancedRule(workload: WatchedWorkload, windows: WasteWindows): WasteRule {
  const bySm: readonly RunningMoments[] = workload.devices.map(() => runningMoments());
  const means = () => bySm.map((device) => device.mean());
  return {
    label: () => "UNBALANCED",
    read(minute) {
      const sms = minute.devices.map(({ sm }) => sm);
      if (sms.length < 2 || activityOf(minute) !== "working" || sms.some(Number.isNaN)) return disproved;
      const gap = Math.max(...sms) - Math.min(...sms);
      const unit = shareOf(enoughEvidence, minute, windows.unbalancedMinutes);
      if (gap < evenGap) return { llr: -5 * unit, wastedGpus: 0 };
      for (const [index, sm] of sms.entries()) bySm[index]?.add(sm);
      if (gap < wideGap) return { llr: 0, wastedGpus: idleGpus(sms) };
      return { llr: unit, wastedGpus: idleGpus(sms) };
    },
    isBlocked: () => false,
    devices() {
      const most = Math.max(...means());
      return means().flatMap((mean, index) => (mean < most - evenGap ? [index] : []));
    },
    figures: () => ({ busiestSm: Math.max(...means()), idlestSm: Math.min(...means()) }),
    reset() {
      for (const device of bySm) device.reset();
    },
  };
}

/** In GPUs: what each does less than the busiest one. */
function idleGpus(sms: readonly number[]): number {
  const most = Math.max(...sms);
  return most <= 0 ? 0 : sms.reduce((sum, sm) => sum + (most - sm) / most, 0);
}

import { activityOf } from "./activity.ts";
import { enoughEvidence } from "./evidence.ts";
import { disproved, neutral, shareOf, type WasteRule } from "./rule.ts";
import { runningMoments } from "./running.ts";
import type { WasteWindows } from "./windows.ts";
import type { WatchedWorkload } from "./workload.ts";

/** `policy.md` 3.3: SMs and memory bandwidth that are used less. */
const lowShare = 0.3;
/** One minute in twenty may be above: the 95th percentile is what must be low. */
const minutesBelowForOneAbove = 19;
/**
 * How much more a minute says the less is in use: as much as the window asks for just below the limit, and six times that, which is
 * the most, from two thirds of the limit down.
 */
const slope = 18;
const steepest = 6;

/**
 * LOW: a job works, and its busiest GPU has less than 30 % of its SMs and of its memory bandwidth in use. The less, the sooner it is
 * sure. Silent minutes say nothing of it. Servers and notebooks are left out: they wait for somebody.
 */
export function lowRule(workload: WatchedWorkload, windows: WasteWindows): WasteRule {
  const sm = runningMoments();
  const dram = runningMoments();
  const engine = runningMoments();
  return {
    label: () => "LOW",
    read(minute) {
      if (workload.kind !== "job") return disproved;
      const activity = activityOf(minute);
      if (activity === "silent" || activity === "spinning") return neutral;
      const unit = shareOf(enoughEvidence, minute, windows.lowMinutes);
      const busiest = Math.max(...minute.devices.map((device) => Math.max(device.sm, lowestDram(device.dram))));
      if (!(busiest < lowShare)) return { llr: -minutesBelowForOneAbove * unit, wastedGpus: 0 };
      sm.add(Math.max(...minute.devices.map((device) => device.sm)));
      engine.add(Math.max(...minute.devices.map((device) => device.engine)));
      dram.add(Math.max(...minute.devices.map((device) => lowestDram(device.dram))));
      return {
        llr: unit * Math.min(steepest, slope * (1 - busiest / lowShare)),
        wastedGpus: workload.devices.length * (1 - busiest),
      };
    },
    isBlocked: ({ toSeconds }) => toSeconds < windows.graceMinutes * 60,
    devices: () => workload.devices.map((_, index) => index),
    figures: () => ({ meanSm: sm.mean(), peakSm: sm.most(), meanDram: dram.mean(), meanEngine: engine.mean() }),
    reset() {
      sm.reset();
      dram.reset();
      engine.reset();
    },
  };
}

/** Memory bandwidth that is not measured is not held against anybody. */
function lowestDram(dram: number): number {
  return Number.isNaN(dram) ? 0 : dram;
}

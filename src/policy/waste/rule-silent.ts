import { activityOf, trafficOf } from "./activity.ts";
import { enoughEvidence } from "./evidence.ts";
import type { Minute } from "./minutes.ts";
import { disproved, shareOf, type WasteRule } from "./rule.ts";
import type { WasteWindows } from "./windows.ts";
import type { WatchedWorkload } from "./workload.ts";

const startedSm = 0.05;
/** Of a GPU's memory: less is an allocator's tides. */
const movedShare = 0.012;
/** So long must it have worked before it can be said to have stalled. */
const workedMinutes = 10;

/**
 * DEAD: no GPU of the workload does anything. STALLED: a job that has worked does nothing more, or spins in a collective, with
 * nothing read or written. Silence with traffic is what evaluations, checkpoints and loading look like, and where nobody
 * measures traffic it may be that: both say less. A minute that was not measured counts as work.
 */
export function silentRule(workload: WatchedWorkload, windows: WasteWindows): WasteRule {
  const window = silentWindow(workload, windows);
  let worked = 0;
  let started = false;
  let before: Minute | undefined;
  let minutes = { silent: 0, busy: 0, spinning: 0 };

  /** What allocates or frees has done something, even if it was too short to be seen otherwise. */
  const memoryMoves = (minute: Minute) => {
    const last = before;
    before = minute;
    return minute.devices.some(({ memoryMib }, index) => {
      const change = Math.abs(memoryMib - (last?.devices[index]?.memoryMib ?? Number.NaN));
      return change > movedShare * (workload.devices[index]?.memoryTotalMib ?? Number.NaN);
    });
  };
  /** How much a silent minute says: people think in silence, servers wait for requests, jobs do not. */
  const weight = (minute: Minute) => {
    if (workload.kind === "interactive") return 1;
    if (workload.kind === "serving") return Number.isNaN(minute.requestsPerSecond) ? 0.5 : 1;
    const traffic = trafficOf(minute);
    if (traffic === "quiet") return 1.1;
    if (traffic === "busy") return 0.25;
    // what has never worked does not evaluate
    return worked === 0 ? 1 : 0.6;
  };
  const hasStalled = () => workload.kind === "job" && worked >= workedMinutes && minutes.busy <= 0.1 * minutes.silent;
  return {
    label: () => (hasStalled() ? "STALLED" : "DEAD"),
    read(minute) {
      const activity = activityOf(minute);
      const spins = activity === "spinning" && workload.kind === "job" && worked >= workedMinutes;
      if (minute.devices.some(({ sm }) => sm > startedSm)) started = true;
      const moved = memoryMoves(minute);
      if ((activity !== "silent" && !spins) || moved || minute.requestsPerSecond > 0) {
        if (activity === "working") worked += lengthOf(minute);
        return disproved;
      }
      minutes = {
        silent: minutes.silent + lengthOf(minute),
        busy: minutes.busy + (trafficOf(minute) === "busy" ? lengthOf(minute) : 0),
        spinning: minutes.spinning + (spins ? lengthOf(minute) : 0),
      };
      const llr = shareOf(enoughEvidence, minute, window) * weight(minute);
      return { llr, wastedGpus: workload.devices.length };
    },
    // what has never worked may still be loading
    isBlocked: ({ toSeconds }) => !started && toSeconds < windows.graceMinutes * 60,
    devices: () => workload.devices.map((_, index) => index),
    figures: () => ({ silentMinutes: minutes.silent, trafficMinutes: minutes.busy, spinningMinutes: minutes.spinning }),
    reset() {
      minutes = { silent: 0, busy: 0, spinning: 0 };
    },
  };
}

/** The minute before the first silent one was silent in part; that is not granted to people, who come back after almost as long. */
function silentWindow({ kind, stepSeconds }: WatchedWorkload, { silentMinutes }: WasteWindows): number {
  const partly = kind === "interactive" ? 0 : Math.max(60, stepSeconds) / 60;
  return Math.max(silentMinutes / 2, silentMinutes - partly);
}

function lengthOf({ fromSeconds, toSeconds }: Minute): number {
  return (toSeconds - fromSeconds) / 60;
}

import { changeFor } from "./change.ts";
import { confidenceOf, type Evidence, enoughEvidence, noEvidence, weighed } from "./evidence.ts";
import type { WasteFinding } from "./finding.ts";
import { type Minute, minutesOf } from "./minutes.ts";
import type { WasteRule } from "./rule.ts";
import { lowRule } from "./rule-low.ts";
import { memoryRule } from "./rule-memory.ts";
import { silentRule } from "./rule-silent.ts";
import { unbalancedRule } from "./rule-unbalanced.ts";
import { type WasteWindows, wasteWindows } from "./windows.ts";
import { wasteReason } from "./words.ts";
import type { WatchedWorkload, WorkloadSample } from "./workload.ts";

export interface DetectorOptions {
  /** Break-even time B of the workload's pool: a server is let idle so long at least; default 0. */
  readonly breakEvenSeconds?: number;
  /** The most memory that each earlier run of it had in use, as a share of the GPU's: two that had little speak for this one. */
  readonly earlierMemoryPeaks?: readonly number[];
  /** Instead of those of its kind. */
  readonly windows?: Partial<WasteWindows>;
}

/** Watches one workload as its samples come in. */
export interface WasteDetector {
  /** What is news with this sample: wastes that are found now, and those that have ended. What is missing counts as work. */
  observe(sample: WorkloadSample): readonly WasteFinding[];
  /** All that was found so far, also what is over, by the time it was found; takes the minute that is under way as over. */
  findings(): readonly WasteFinding[];
}

/** However long a sample is, fewer than five of them are no evidence. */
const most = enoughEvidence / 5;
const hoursPerMonth = 730;
/** Once found, a waste outlasts a minute of work: a kernel now and then is no use. */
const heaviestDoubt = -1.5 * enoughEvidence;

export function wasteDetector(workload: WatchedWorkload, options: DetectorOptions = {}): WasteDetector {
  const windows = { ...wasteWindows(workload.kind, options), ...options.windows };
  const minutes = minutesOf(workload.stepSeconds, workload.devices.length);
  const watches = [silentRule, lowRule, unbalancedRule, memoryRule].map((rule) =>
    watch(workload, rule(workload, windows)),
  );
  const read = (over: readonly Minute[]) => over.flatMap((minute) => watches.flatMap((each) => each.read(minute)));
  return {
    observe: (sample) => read(minutes.add(sample)),
    findings() {
      read(minutes.end());
      return watches.flatMap((each) => [...each.past, ...each.current()]).sort(byDetection);
    },
  };
}

function byDetection(a: WasteFinding, b: WasteFinding): number {
  return a.detectedAtSeconds - b.detectedAtSeconds;
}

function watch(workload: WatchedWorkload, rule: WasteRule) {
  let evidence: Evidence = noEvidence;
  let wastedGpuSeconds = 0;
  let lastSeconds = 0;
  const past: WasteFinding[] = [];

  const current = () =>
    evidence.detectedAtSeconds === undefined
      ? []
      : [finding({ workload, rule, evidence, wastedGpuSeconds, lastSeconds })];

  return {
    past,
    current,
    /** What is news: a finding that this minute makes or ends. */
    read(minute: Minute): readonly WasteFinding[] {
      const { llr, wastedGpus } = rule.read(minute);
      const { fromSeconds, toSeconds } = minute;
      const found = evidence.detectedAtSeconds !== undefined;
      const isBlocked = rule.isBlocked(minute);
      const next = weighed(evidence, {
        llr: Math.min(most, found ? Math.max(llr, heaviestDoubt) : llr),
        isBlocked,
        fromSeconds,
        toSeconds,
      });
      lastSeconds = toSeconds;
      if (next.sum > 0) {
        wastedGpuSeconds += wastedGpus * (toSeconds - fromSeconds);
        evidence = next;
        return found ? [] : current();
      }
      const ended = current().map((each) => ({ ...each, open: false }));
      past.push(...ended);
      wastedGpuSeconds = 0;
      evidence = next;
      rule.reset();
      return ended;
    },
  };
}

interface Found {
  readonly workload: WatchedWorkload;
  readonly rule: WasteRule;
  readonly evidence: Evidence;
  readonly wastedGpuSeconds: number;
  readonly lastSeconds: number;
}

function finding({ workload, rule, evidence, wastedGpuSeconds, lastSeconds }: Found): WasteFinding {
  const { sinceSeconds, detectedAtSeconds = Number.NaN, untilSeconds, peak } = evidence;
  const wastedGpuHours = wastedGpuSeconds / 3600;
  const seen = {
    label: rule.label(),
    workload: workload.name,
    user: workload.user,
    sinceSeconds,
    detectedAtSeconds,
    untilSeconds,
    open: untilSeconds === lastSeconds,
    devices: rule.devices(),
    evidence: peak,
    confidence: confidenceOf(peak),
    figures: rule.figures(),
    wastedGpuHours,
    ...money(workload, wastedGpuHours, lastSeconds / 3600),
  };
  return { ...seen, reason: wasteReason(workload, seen), change: changeFor(workload, seen) };
}

/** What was seen of less than a day is taken to happen once a day. */
function money({ usdPerHour, devices }: WatchedWorkload, gpuHours: number, hours: number) {
  if (usdPerHour === undefined) return {};
  const wastedUsd = (gpuHours * usdPerHour) / devices.length;
  return { wastedUsd, usdPerMonth: (wastedUsd * hoursPerMonth) / Math.max(24, hours) };
}

import { detectWaste } from "../../policy/waste/detect.ts";
import type { DetectorOptions } from "../../policy/waste/detector.ts";
import type { WasteFinding } from "../../policy/waste/finding.ts";
import { needsOf } from "../../policy/waste/needs.ts";
import { type RightSizeOptions, type RightSizing, rightSizings } from "../../policy/waste/right-size.ts";
import type { WasteLabel } from "../../policy/waste/rule.ts";
import type { WorkloadUsage } from "../../trace/utilization.ts";
import { type AdviceCause, type AdviceItem, perMonth } from "./advice.ts";

const causes: Readonly<Record<WasteLabel, AdviceCause>> = {
  DEAD: "dead",
  STALLED: "stalled",
  LOW: "low-use",
  UNBALANCED: "unbalanced",
  "WASTE-MEM": "small-memory",
};

/** Unasked for, something smaller is proposed from this saving and this confidence on. */
const worthwhile = { share: 0.25, confidence: 0.9 };

/**
 * What one workload wastes: an item for each kind of waste, and one for what would be enough where nothing else says so.
 * What a smaller GPU saves is reckoned of the hours that no other waste has taken: no hour is wasted twice.
 */
export function workloadItems(
  usage: WorkloadUsage,
  { earlierMemoryPeaks, ...options }: RightSizeOptions & Pick<DetectorOptions, "earlierMemoryPeaks"> = {},
): readonly AdviceItem[] {
  const findings = detectWaste(usage, earlierMemoryPeaks === undefined ? {} : { earlierMemoryPeaks });
  const hours = (usage.samples * usage.stepSeconds) / 3600;
  const sizings = rightSizings(usage, needsOf(usage), options);
  const labels = [...new Set(findings.map(({ label }) => label))];
  // GPUs that are used little and have free memory are one waste, not two
  const told = labels.filter((label) => label !== "WASTE-MEM" || !labels.includes("LOW"));
  const labelled = (label: WasteLabel) => findings.filter((finding) => finding.label === label);
  const taken = told.filter((label) => label !== "WASTE-MEM").flatMap(labelled);
  const left = Math.max(0, usage.devices.length * hours - sumOf(taken));
  const items = told.flatMap((label) => {
    const sizing = sizes(label) ? sizings[0] : undefined;
    return itemOf(usage, labelled(label), { hours, sizing, left }) ?? [];
  });
  const [best] = sizings;
  const isTold = told.some(sizes) || told.includes("UNBALANCED");
  const isWorthwhile = best !== undefined && best.share >= worthwhile.share && best.confidence >= worthwhile.confidence;
  return isTold || !isWorthwhile ? items : [...items, sizingItem(usage, best, { hours, left })];
}

const sumOf = (findings: readonly WasteFinding[]) => findings.reduce((sum, each) => sum + each.wastedGpuHours, 0);

interface Hours {
  /** That the workload was seen. */
  readonly hours: number;
  /** GPU-hours in which nothing else wastes it. */
  readonly left: number;
}

/** Whether something smaller is the answer. */
function sizes(label: WasteLabel): boolean {
  return label === "LOW" || label === "WASTE-MEM";
}

function itemOf(
  usage: WorkloadUsage,
  findings: readonly WasteFinding[],
  { hours, left, sizing }: Hours & { readonly sizing: RightSizing | undefined },
): AdviceItem | undefined {
  const [longest] = [...findings].sort((a, b) => b.wastedGpuHours - a.wastedGpuHours);
  if (longest === undefined) return undefined;
  // memory that is free wastes nothing where nothing smaller is to be had
  if (longest.label === "WASTE-MEM" && sizing === undefined) return undefined;
  const gpuHours = longest.label === "WASTE-MEM" && sizing !== undefined ? left * sizing.share : sumOf(findings);
  const usd = usage.usdPerHour === undefined ? null : (gpuHours * usage.usdPerHour) / usage.devices.length;
  const { text, paste } = longest.change;
  const isSizing = longest.label === "WASTE-MEM";
  const change =
    sizing === undefined
      ? { text, paste }
      : { text: `give it ${sizing.to}: ${sizing.why}${isSizing ? "" : `; or ${text}`}`, paste: sizing.paste };
  return {
    cause: causes[longest.label],
    subject: usage.name,
    user: usage.user ?? null,
    gpuHours,
    usd,
    usdPerMonth: perMonth(usd, hours),
    confidence: Math.min(longest.confidence, sizing?.confidence ?? 1),
    evidence: `${longest.reason.text()}${findings.length > 1 ? ` ${findings.length} times in all.` : ""}`,
    change: change.text,
    paste: change.paste ?? null,
  };
}

function sizingItem(usage: WorkloadUsage, best: RightSizing, { hours, left }: Hours): AdviceItem {
  const gpuHours = left * best.share;
  const usd = usage.usdPerHour === undefined ? null : (usage.usdPerHour * gpuHours) / usage.devices.length;
  return {
    cause: "smaller-would-do",
    subject: usage.name,
    user: usage.user ?? null,
    gpuHours,
    usd,
    usdPerMonth: perMonth(usd, hours),
    confidence: best.confidence,
    evidence: `${usage.devices.length} × ${usage.gpu ?? "GPU"}: ${best.why}.`,
    change: `give it ${best.to}`,
    paste: best.paste,
  };
}

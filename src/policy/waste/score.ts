import type { LabelledUsage } from "../../trace/usage/truth.ts";
import { detectWaste } from "./detect.ts";
import type { DetectorOptions } from "./detector.ts";
import type { WasteFinding } from "./finding.ts";

/** How well the detector does where the truth is known. A finding counts once for each label of a workload. */
export interface DetectorScore {
  readonly workloads: number;
  /** Of what was found, how much is so. 1 where nothing was found. */
  readonly precision: number;
  /** Of what is so, how much was found. 1 where nothing is. */
  readonly recall: number;
  /** From the waste's beginning to its finding. */
  readonly medianDelaySeconds: number;
  /** Share of the GPU-hours that could be had back, from the finding on. */
  readonly recovered: number;
  /** What it is, by what was found: `DEAD` → `STALLED` → 2; `healthy` where nothing was found, or nothing is. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly scenarios: readonly ScenarioScore[];
}

export interface ScenarioScore {
  readonly scenario: string;
  readonly label: string;
  readonly workloads: number;
  readonly found: number;
  /** Findings that are not so. */
  readonly wrong: number;
  readonly medianDelaySeconds: number;
  readonly recovered: number;
}

interface Outcome {
  readonly scenario: string;
  readonly label: string;
  /** The labels found, the first finding of each. */
  readonly found: readonly WasteFinding[];
  readonly hit: WasteFinding | undefined;
  readonly delay: number;
  readonly recoverable: number;
  readonly recovered: number;
}

/** A finding before the waste began is wrong, even if it has the right name. */
export function scoreDetector(labelled: readonly LabelledUsage[], options: DetectorOptions = {}): DetectorScore {
  const outcomes = labelled.map((each) => outcomeOf(each, detectWaste(each.usage, options)));
  const positives = outcomes.filter(({ label }) => label !== "healthy");
  const hits = outcomes.filter(({ hit }) => hit !== undefined);
  const found = sum(outcomes.map((outcome) => outcome.found.length));
  return {
    workloads: outcomes.length,
    precision: found === 0 ? 1 : hits.length / found,
    recall: positives.length === 0 ? 1 : hits.length / positives.length,
    ...delayAndRecovery(outcomes),
    confusion: confusionOf(outcomes),
    scenarios: [...new Set(outcomes.map(({ scenario }) => scenario))].sort().map((scenario) => {
      const own = outcomes.filter((outcome) => outcome.scenario === scenario);
      const ownHits = own.filter(({ hit }) => hit !== undefined).length;
      const label = own[0]?.label ?? "healthy";
      const wrong = sum(own.map((outcome) => outcome.found.length)) - ownHits;
      return { scenario, label, workloads: own.length, found: ownHits, wrong, ...delayAndRecovery(own) };
    }),
  };
}

function outcomeOf({ usage, truth }: LabelledUsage, findings: readonly WasteFinding[]): Outcome {
  const found = [...new Set(findings.map(({ label }) => label))].flatMap(
    (label) => findings.find((finding) => finding.label === label) ?? [],
  );
  const hit = found.find(
    ({ label, detectedAtSeconds }) => label === truth.label && detectedAtSeconds >= truth.sinceSeconds,
  );
  const delay = hit === undefined ? Number.NaN : hit.detectedAtSeconds - truth.sinceSeconds;
  const seconds = usage.samples * usage.stepSeconds - truth.sinceSeconds;
  const recoverable = truth.recoverableGpuHours;
  const recovered = hit === undefined ? 0 : recoverable * Math.max(0, 1 - delay / seconds);
  return { scenario: truth.scenario, label: truth.label, found, hit, delay, recoverable, recovered };
}

function delayAndRecovery(outcomes: readonly Outcome[]) {
  const delays = outcomes.flatMap(({ hit, delay }) => (hit === undefined ? [] : delay)).sort((a, b) => a - b);
  const recoverable = sum(outcomes.map((outcome) => outcome.recoverable));
  return {
    medianDelaySeconds: delays[Math.floor(delays.length / 2)] ?? 0,
    recovered: recoverable === 0 ? 1 : sum(outcomes.map((outcome) => outcome.recovered)) / recoverable,
  };
}

function confusionOf(outcomes: readonly Outcome[]) {
  const table: Record<string, Record<string, number>> = {};
  for (const { label, found } of outcomes) {
    const row = table[label] ?? {};
    table[label] = row;
    for (const name of found.length === 0 ? ["healthy"] : found.map((finding) => finding.label)) {
      row[name] = (row[name] ?? 0) + 1;
    }
  }
  return table;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import { type Random, seededRandom } from "../../kernel/random.ts";
import { between, shuffled } from "../draws.ts";
import { dataStarved, hungCollective, sleepingJob, stalled, tinyKernels, unbalanced } from "./faulty-stories.ts";
import { deadNotebook, notebook } from "./interactive-stories.ts";
import { fitsSmallerGpu, oversizedMemory, peakyMemory } from "./memory-stories.ts";
import { busyServer, idleServer, lowTrafficServer } from "./serving-stories.ts";
import type { Story } from "./stories.ts";
import {
  burstyTraining,
  evaluationPauses,
  missingSamples,
  modestTraining,
  restartedTraining,
  shortTraining,
  steadyTraining,
  unevenTraining,
} from "./training-stories.ts";
import type { LabelledUsage } from "./truth.ts";

export interface UsageOptions {
  readonly seed: number;
  /** How many workloads of each scenario; 10 unless told. */
  readonly each?: number;
  /** Length of a sample; 60 s unless told. Activity of a sample is its mean, as DCGM reports it. */
  readonly stepSeconds?: number;
  /** Only these; all of `usageScenarios` unless told. */
  readonly scenarios?: readonly UsageScenario[];
}

/**
 * Stories of workloads. What they are made of is assumed, but for what is known of such workloads in public: a third of
 * the samples of busy fleets is at 0 (Philly), GPUs are held while evaluating and loading, engine activity saturates
 * with tiny kernels (NVIDIA's DCGM documentation), vLLM reserves 90 % of the memory (`policy.md` 3.1, 3.2).
 */
const stories = {
  "steady-training": steadyTraining,
  "modest-training": modestTraining,
  "evaluation-pauses": evaluationPauses,
  "bursty-training": burstyTraining,
  "restarted-training": restartedTraining,
  "short-training": shortTraining,
  "uneven-training": unevenTraining,
  "missing-samples": missingSamples,
  "peaky-memory": peakyMemory,
  notebook,
  "busy-server": busyServer,
  "low-traffic-server": lowTrafficServer,
  "data-starved": dataStarved,
  "tiny-kernels": tinyKernels,
  stalled,
  "hung-collective": hungCollective,
  "sleeping-job": sleepingJob,
  "dead-notebook": deadNotebook,
  "idle-server": idleServer,
  unbalanced,
  "oversized-memory": oversizedMemory,
  "fits-smaller-gpu": fitsSmallerGpu,
} as const satisfies Readonly<Record<string, Story>>;

export type UsageScenario = keyof typeof stories;
export const usageScenarios = Object.keys(stories) as UsageScenario[];

/** Workloads with what they really did, in random order; the same seed gives the same. */
export function generateUsage(options: UsageOptions): readonly LabelledUsage[] {
  const { seed, each = 10, stepSeconds = 60, scenarios = usageScenarios } = options;
  const random = seededRandom(seed);
  const cast = shuffled(
    random,
    scenarios.flatMap((scenario) => Array.from({ length: each }, () => scenario)),
  );
  return cast.map((scenario, index) => play(scenario, { random, index, stepSeconds }));
}

const mondayMs = Date.UTC(2026, 0, 5);

function play(
  scenario: UsageScenario,
  { random, index, stepSeconds }: { readonly random: Random; readonly index: number; readonly stepSeconds: number },
): LabelledUsage {
  const { usage, label, sinceSeconds, recoverableShare } = stories[scenario]({
    random: seededRandom(random.integer(2 ** 32)),
    stepSeconds,
    name: `team/w${index + 1}`,
    user: `u${1 + random.integer(20)}`,
    startMs: mondayMs + Math.round(between(random, 0, 28 * 1440)) * 60_000,
  });
  const hours = Number.isNaN(sinceSeconds) ? 0 : (usage.samples * stepSeconds - sinceSeconds) / 3600;
  const recoverableGpuHours = hours * usage.devices.length * recoverableShare;
  return { usage, truth: { scenario, label, sinceSeconds, recoverableGpuHours } };
}

import type { Random } from "../../kernel/random.ts";

import { between, pick } from "../draws.ts";
import type { WorkloadUsage } from "../utilization.ts";
import { type Draft, type DraftFacts, finishDraft, newDraft } from "./draft.ts";
import { multiGpuMachines, singleGpuMachines, type UsageMachine } from "./machines.ts";
import { hold, load } from "./phases.ts";
import type { UsageLabel } from "./truth.ts";

/** What a story is played in. */
export interface Stage {
  readonly random: Random;
  readonly stepSeconds: number;
  readonly name: string;
  readonly user: string;
  readonly startMs: number;
}

export interface Told {
  readonly usage: WorkloadUsage;
  readonly label: UsageLabel;
  /** NaN where nothing is wrong. */
  readonly sinceSeconds: number;
  /** Of the GPU time after `sinceSeconds`. */
  readonly recoverableShare: number;
}

export type Story = (stage: Stage) => Told;

export interface Fault {
  readonly label: UsageLabel;
  readonly since: number;
  /** 1 unless told. */
  readonly share?: number;
}

/** A draft for so many hours, drawn between the two. */
export function begin(stage: Stage, hours: readonly [number, number], machine: UsageMachine): Draft {
  return newDraft(stage.random, machine, stage.stepSeconds, between(stage.random, ...hours));
}

export function end(stage: Stage, draft: Draft, facts: Omit<DraftFacts, "name" | "user" | "startMs">): WorkloadUsage {
  const { name, user, startMs } = stage;
  return finishDraft(draft, { name, user, startMs, ...facts });
}

export function healthy(usage: WorkloadUsage): Told {
  return { usage, label: "healthy", sinceSeconds: Number.NaN, recoverableShare: 0 };
}

export function faulty(usage: WorkloadUsage, { label, since, share = 1 }: Fault): Told {
  return { usage, label, sinceSeconds: since, recoverableShare: share };
}

/** Two thirds of the jobs have one GPU. */
export function anyMachine(random: Random): UsageMachine {
  return pick(random, random.next() < 0.67 ? singleGpuMachines : multiGpuMachines);
}

/** Loads for one to eight minutes, then holds its memory to the end; returns the second at which it is ready. */
export function startUp(draft: Draft, memoryShare: number): number {
  const ready = between(draft.random, 60, 480);
  load(draft, [0, ready], memoryShare);
  hold(draft, [ready, draft.seconds], memoryShare);
  return ready;
}

import type { Random } from "../../kernel/random.ts";

import { between, chance } from "../draws.ts";
import type { WorkloadKind, WorkloadUsage } from "../utilization.ts";
import type { UsageMachine } from "./machines.ts";

/** A workload while its story is written into it: all columns are 0 until a phase says otherwise. */
export interface Draft {
  readonly random: Random;
  readonly machine: UsageMachine;
  readonly stepSeconds: number;
  readonly samples: number;
  readonly seconds: number;
  readonly devices: readonly DraftDevice[];
  readonly io: Float64Array;
  readonly requests: Float64Array;
  readonly checkpointSeconds: number[];
}

export interface DraftDevice {
  readonly engine: Float64Array;
  readonly sm: Float64Array;
  readonly dram: Float64Array;
  readonly memory: Float64Array;
  /** How many of the SMs work while a kernel runs, and how much of the memory bandwidth each of them takes. */
  readonly occupancy: number;
  readonly bandwidth: number;
}

export function newDraft(random: Random, machine: UsageMachine, stepSeconds: number, hours: number): Draft {
  const samples = Math.max(1, Math.round((hours * 3600) / stepSeconds));
  const column = () => new Float64Array(samples);
  const [occupancy, bandwidth] = [between(random, 0.72, 0.96), between(random, 0.3, 0.7)];
  const device = () => ({ engine: column(), sm: column(), dram: column(), memory: column(), occupancy, bandwidth });
  return {
    random,
    machine,
    stepSeconds,
    samples,
    seconds: samples * stepSeconds,
    devices: Array.from({ length: machine.gpus }, device),
    io: column(),
    requests: column(),
    checkpointSeconds: [],
  };
}

export interface DraftFacts {
  readonly name: string;
  readonly user: string;
  readonly kind: WorkloadKind;
  readonly startMs: number;
  readonly reservesMemory?: boolean;
  /** Share of the samples that are lost, in runs of minutes to hours; 0.5 % unless told. */
  readonly missing?: number;
  /** Whether the profiling metrics (SM, DRAM) may be absent, as on GPUs without DCGM profiling; true unless told. */
  readonly mayLackProfiling?: boolean;
}

/** Not everything is measured everywhere: a seventh has no profiling metrics, a seventh no I/O, a tenth no requests. */
export function finishDraft(draft: Draft, facts: DraftFacts): WorkloadUsage {
  const { random, machine } = draft;
  const profiled = facts.mayLackProfiling === false || chance(random, 0.86);
  const [hasIo, hasRequests] = [chance(random, 0.86), facts.kind === "serving" && chance(random, 0.9)];
  loseSamples(draft, facts.missing ?? 0.005);
  return {
    name: facts.name,
    user: facts.user,
    kind: facts.kind,
    startMs: facts.startMs,
    stepSeconds: draft.stepSeconds,
    samples: draft.samples,
    gpu: machine.gpu,
    instanceType: machine.instanceType,
    usdPerHour: machine.usdPerGpuHour * machine.gpus,
    devices: draft.devices.map(({ engine, sm, dram, memory }) => ({
      engineActive: engine,
      ...(profiled ? { smActive: sm, dramActive: dram } : {}),
      memoryUsedMib: memory,
      memoryTotalMib: machine.memoryMib,
    })),
    ...(hasIo ? { ioBytesPerSecond: draft.io } : {}),
    ...(hasRequests ? { requestsPerSecond: draft.requests } : {}),
    ...(facts.reservesMemory === undefined ? {} : { reservesMemory: facts.reservesMemory }),
    ...(draft.checkpointSeconds.length > 0 ? { checkpointSeconds: draft.checkpointSeconds } : {}),
  };
}

/** The exporter of the node is gone for a while: all that comes from it is missing at once. */
function loseSamples(draft: Draft, share: number): void {
  const { random, samples, stepSeconds } = draft;
  for (let left = share * samples; left >= 1; ) {
    const minutes = chance(random, 0.8) ? between(random, 1, 10) : between(random, 10, 180);
    const length = Math.min(Math.ceil(left), Math.max(1, Math.round((minutes * 60) / stepSeconds)));
    const from = random.integer(samples);
    for (const { engine, sm, dram, memory } of draft.devices) {
      for (const column of [engine, sm, dram, memory]) column.fill(Number.NaN, from, from + length);
    }
    left -= length;
  }
}

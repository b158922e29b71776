import type { DeviceSample, WorkloadSample } from "./workload.ts";

/** What a minute measured: medians, so that one kernel of a second does not count; the most for memory. NaN: nothing. */
export interface Minute {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly devices: readonly DeviceMinute[];
  readonly ioBytesPerSecond: number;
  readonly requestsPerSecond: number;
}

export interface DeviceMinute {
  readonly engine: number;
  /** SM_ACTIVE; where it is not measured the engine's, which is never less. */
  readonly sm: number;
  readonly dram: number;
  readonly memoryMib: number;
}

/** Gathers samples to minutes, or to single samples where these are further apart; a minute comes out when it is over. */
export interface Minutes {
  /** Those that this sample ends: none mostly, several after a silence. */
  add(sample: WorkloadSample): readonly Minute[];
  /** What has been gathered of the minute that is not over. */
  end(): readonly Minute[];
}

/** Of a longer silence only the first day is told: it speaks for nothing anyway. */
const mostSilentMinutes = 1440;

export function minutesOf(stepSeconds: number, devices: number): Minutes {
  const length = Math.max(60, stepSeconds);
  let samples: WorkloadSample[] = [];
  let number = 0;
  const flush = () => {
    const minute = minuteOf(samples, { devices, fromSeconds: number * length, toSeconds: (number + 1) * length });
    samples = [];
    return minute;
  };
  return {
    add(sample) {
      const at = Math.floor(sample.seconds / length);
      const over: Minute[] = [];
      while (number < at) {
        over.push(flush());
        number = over.length < mostSilentMinutes ? number + 1 : at;
      }
      samples.push(sample);
      return over;
    },
    end: () => (samples.length === 0 ? [] : [flush()]),
  };
}

interface Bounds {
  readonly devices: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

function minuteOf(samples: readonly WorkloadSample[], { devices, fromSeconds, toSeconds }: Bounds): Minute {
  const shares = (read: (device: DeviceSample) => number | undefined, index: number) =>
    median(samples.map(({ devices }) => shareOf(read(devices[index] ?? notMeasured))));
  return {
    fromSeconds,
    toSeconds,
    devices: Array.from({ length: devices }, (_, index) => {
      const engine = shares(({ engineActive }) => engineActive, index);
      const sm = shares(({ smActive }) => smActive, index);
      return {
        engine,
        sm: Number.isNaN(sm) ? engine : sm,
        dram: shares(({ dramActive }) => dramActive, index),
        memoryMib: most(samples.map(({ devices }) => devices[index]?.memoryUsedMib ?? Number.NaN)),
      };
    }),
    ioBytesPerSecond: median(samples.map(({ ioBytesPerSecond = Number.NaN }) => ioBytesPerSecond)),
    requestsPerSecond: most(samples.map(({ requestsPerSecond = Number.NaN }) => requestsPerSecond)),
  };
}

const notMeasured: DeviceSample = { engineActive: Number.NaN, memoryUsedMib: Number.NaN };

/** A share as it was measured; what is none, such as the blank values of a GPU without profiling, was not. */
function shareOf(value = Number.NaN): number {
  return value >= 0 && value <= 1.05 ? Math.min(1, value) : Number.NaN;
}

/** Of what was measured; what is negative or no finite number was not. */
function median(values: readonly number[]): number {
  const [only = Number.NaN] = values;
  if (values.length === 1) return isMeasured(only) ? only : Number.NaN;
  const sorted = values.filter(isMeasured).sort((a, b) => a - b);
  const half = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}

function most(values: readonly number[]): number {
  const measured = values.filter(isMeasured);
  return measured.length === 0 ? Number.NaN : Math.max(...measured);
}

function isMeasured(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

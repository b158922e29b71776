import type { WorkloadKind, WorkloadUsage } from "../../../src/trace/utilization.ts";

/** A stretch of minutes in which every GPU does the same, or each its own. */
export interface Stretch {
  readonly minutes: number;
  readonly engine?: number | readonly number[];
  readonly sm?: number | readonly number[];
  readonly dram?: number;
  /** Share of the memory. */
  readonly memory?: number;
  readonly io?: number;
  readonly requests?: number;
  readonly missing?: boolean;
}

export interface SeriesOptions {
  readonly kind?: WorkloadKind;
  readonly gpus?: number;
  readonly stepSeconds?: number;
  readonly usage?: Partial<WorkloadUsage>;
}

/** Samples of a workload by hand, an a10g at a dollar an hour for each GPU. */
export function series(stretches: readonly Stretch[], options: SeriesOptions = {}): WorkloadUsage {
  const { kind = "job", gpus = 1, stepSeconds = 60 } = options;
  const rows = stretches.flatMap((stretch) =>
    Array.from({ length: Math.round((stretch.minutes * 60) / stepSeconds) }, () => stretch),
  );
  const column = (read: (row: Stretch) => number) =>
    Float64Array.from(rows, (row) => (row.missing === true ? Number.NaN : read(row)));
  const of = (value: number | readonly number[] | undefined, device: number) =>
    typeof value === "number" ? value : (value?.[device] ?? 0);
  return {
    name: "team/train-1",
    kind,
    startMs: 0,
    stepSeconds,
    samples: rows.length,
    gpu: "a10g",
    usdPerHour: gpus,
    devices: Array.from({ length: gpus }, (_, device) => ({
      engineActive: column(({ engine }) => of(engine, device)),
      smActive: column(({ engine, sm }) => of(sm ?? engine, device)),
      dramActive: column(({ engine, dram = 0.8 }) => dram * of(engine, device)),
      memoryUsedMib: column(({ memory = 0.7 }) => memory * 22_888),
      memoryTotalMib: 22_888,
    })),
    ioBytesPerSecond: Float64Array.from(rows, ({ io = 100 }) => io),
    ...(kind === "serving" && { requestsPerSecond: Float64Array.from(rows, ({ requests = 0 }) => requests) }),
    ...options.usage,
  };
}

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import fc from "fast-check";

import { offerKey } from "../../src/policy/policy.ts";
import type { SimulatedPolicy } from "../../src/simulate/options.ts";
import { parseTrace } from "../../src/trace/read/read-trace.ts";
import { withoutUsers } from "../../src/trace/subsets.ts";
import { jobStatuses, type Trace } from "../../src/trace/trace.ts";

export interface TestJob {
  readonly submit: number;
  readonly duration: number;
  readonly gpus?: number;
  readonly nodes?: number;
  readonly user?: string;
  readonly cpus?: number;
  readonly memoryGib?: number;
  readonly gpuType?: string;
  readonly status?: string;
  readonly warm?: boolean;
}

/** A trace of these jobs, sorted or not. */
export function traceOf(jobs: readonly TestJob[], name = "test"): Trace {
  const users = index(jobs.map(({ user = "u1" }) => user));
  const types = index(jobs.map(({ gpuType = "" }) => gpuType));
  const numbers = (of: (job: TestJob) => number) => Float64Array.from(jobs, of);
  return {
    name,
    users: users.names,
    groups: [],
    gpuTypes: types.names.map((list) => list.split("|")),
    startMs: Date.UTC(2026, 0, 5),
    spanSeconds: jobs.reduce((most, { submit, duration }) => Math.max(most, submit + duration), 0),
    jobs: {
      count: jobs.length,
      submitSeconds: numbers(({ submit }) => submit),
      durationSeconds: numbers(({ duration }) => duration),
      gpus: numbers(({ gpus = 1 }) => gpus),
      cpus: numbers(({ cpus = Number.NaN }) => cpus),
      memoryGib: numbers(({ memoryGib = Number.NaN }) => memoryGib),
      user: users.column,
      group: new Int32Array(jobs.length).fill(-1),
      gpuType: types.column,
      nodes: Int32Array.from(jobs, ({ nodes = 1 }) => nodes),
      status: Uint8Array.from(jobs, ({ status = "passed" }) => Math.max(0, jobStatuses.indexOf(status as "passed"))),
      warm: Uint8Array.from(jobs, ({ warm = false }) => Number(warm)),
      utilization: numbers(() => Number.NaN),
    },
  };
}

function index(values: readonly string[]) {
  const names = [...new Set(values)].filter((value) => value !== "");
  return { names, column: Int32Array.from(values, (value) => names.indexOf(value)) };
}

/** Small teams: a few users, gangs, several sizes, times that often coincide. */
export const someJobs = fc.array(
  fc.record({
    submit: fc.integer({ min: 0, max: 400 }).map((tens) => 10 * tens),
    duration: fc.integer({ min: 0, max: 100 }).map((tens) => 10 * tens),
    nodes: fc.constantFrom(1, 1, 1, 2, 3),
    user: fc.constantFrom("u1", "u2"),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Keeps every idle node for so long. */
export function timer(seconds: number): SimulatedPolicy {
  const reason = { code: "test", text: () => "" };
  const name = `${seconds} s`;
  return {
    name,
    release: {
      name,
      hold: (pool, place) => ({ untilSeconds: (pool.idle[place]?.idleSinceSeconds ?? 0) + seconds, reason }),
    },
  };
}

const folder = new URL("../../../shared/traces/", import.meta.url);

/** A public trace of jobs without these users; undefined, said loudly, where it is not on this machine. */
export function publicTrace(file: string, without: readonly string[] = []): Trace | undefined {
  const url = new URL(`${file}.csv.gz`, folder);
  if (!existsSync(url)) {
    console.warn(`SKIPPED: there is no ${url.pathname}`);
    return undefined;
  }
  const read = parseTrace(gunzipSync(readFileSync(url)).toString(), { name: file });
  return read.kind === "jobs" ? withoutUsers(read.trace, without) : undefined;
}

/** Takes the cheapest spot offering whenever there is one, with a checkpoint every hour where that is possible. */
export function spotAlways(idleSeconds = 0): SimulatedPolicy {
  const reason = { code: "test", text: () => "" };
  return {
    ...timer(idleSeconds),
    place: {
      name: "spot",
      place: ({ offers, refusedUntilSeconds, nowSeconds, checkpointSeconds }) => {
        const spot = offers.filter(
          (offer) => offer.capacityType === "spot" && (refusedUntilSeconds.get(offerKey(offer)) ?? 0) <= nowSeconds,
        );
        const [offer] = spot.toSorted((a, b) => a.usdPerHour - b.usdPerHour);
        const checkpoints = checkpointSeconds === undefined ? {} : { checkpointEverySeconds: 3600 };
        return offer && { offer, expectedUsd: 0, reason, ...checkpoints };
      },
    },
  };
}

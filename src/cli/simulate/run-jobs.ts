import { optimumOf } from "../../simulate/optimum.ts";
import { simulateIn } from "../../simulate/simulate.ts";
import { worldOf } from "../../simulate/world/world-of.ts";
import type { WorldOptions } from "../../simulate/world/world-options.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import type { Trace } from "../../trace/trace.ts";
import type { Context } from "../context.ts";
import { amount } from "./amounts.ts";
import { counter } from "./counter.ts";
import type { SimulateFlags } from "./flags.ts";
import { type JobResultsOptions, jobResults, type Run } from "./jobs-results.ts";
import type { Contestant } from "./roster.ts";
import { sweepOf } from "./sweep.ts";

/** What writing some ten gigabytes to a volume takes. */
const checkpointSeconds = 30;

export interface RunJobsOptions {
  readonly trace: Trace;
  readonly source: JobResultsOptions["source"];
  readonly seed: number;
  readonly field: readonly Contestant[];
  /** Hears the run of this policy. */
  readonly listener?: { readonly policy: string; readonly observe: (entry: TimelineEntry) => void } | undefined;
}

/** Runs every policy that was asked for. Nothing is kept and nothing written: Ctrl-C may end it at any time. */
export function runJobs(context: Context, flags: SimulateFlags, options: RunJobsOptions) {
  const { trace, source, seed, field, listener } = options;
  const tenants = amount("tenants", flags.tenants, { from: 0, to: 1000, whole: true }) ?? 5;
  const world = worldOf(worldOptions(flags, trace));
  const optimum = optimumOf(world);
  const points = flags.report === undefined ? [] : sweepWeights;
  const said = counter(context, field.length + points.length);
  const wallMs = () => context.clock.now();
  const runs = field.map((contestant): Run => {
    said.step(contestant.name);
    const heard = contestant.name === listener?.policy ? { observe: listener.observe } : {};
    return { contestant, simulated: simulateIn(world, optimum, contestant.make, { seed, wallMs, ...heard }) };
  });
  const sweep = points.map((weight) => {
    said.step(`ρ = ${weight}`);
    return sweepOf(worldOptions(flags, trace), weight, field, seed);
  });
  said.end();
  return jobResults({ world, optimum, runs, sweep, source, seed, tenants });
}

const sweepWeights: readonly number[] = [0.2, 1, 3, 10];

function worldOptions(flags: SimulateFlags, trace: Trace): WorldOptions {
  const { pools, gpu, region, spot } = flags;
  const seconds = { from: 0, to: 86_400 };
  return {
    trace,
    pools,
    gpu,
    region,
    waitingWeight: amount("rho", flags.rho, { from: 0, to: 1000 }),
    launchSeconds: amount("launch-seconds", flags.launchSeconds, seconds),
    loadSeconds: amount("load-seconds", flags.loadSeconds, seconds),
    ...(spot && { supply: { checkpoints: { writeSeconds: checkpointSeconds } } }),
  };
}

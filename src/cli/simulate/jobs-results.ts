import { timestamp } from "../../kernel/clock.ts";
import { breakEvenSeconds } from "../../policy/costs.ts";
import type {
  JobResults,
  OptimumFacts,
  PolicyRow,
  SweepPoint,
  TenantRows,
  TraceFacts,
  WorldFacts,
} from "../../report/simulation/results.ts";
import { resultsVersion } from "../../report/simulation/results.ts";
import type { Optimum } from "../../simulate/optimum.ts";
import type { PolicyResult, Simulated } from "../../simulate/result.ts";
import type { World } from "../../simulate/world/world.ts";
import type { RejectedRows } from "../../trace/trace.ts";
import { type Contestant, fixedTimers } from "./roster.ts";

/** One contestant's run. */
export interface Run {
  readonly contestant: Contestant;
  readonly simulated: Simulated;
}

export interface JobResultsOptions {
  readonly world: World;
  readonly optimum: Optimum;
  readonly runs: readonly Run[];
  readonly sweep: readonly SweepPoint[];
  readonly source: { readonly format: string; readonly rejected: RejectedRows };
  readonly seed: number;
  /** How many tenants to tell of. */
  readonly tenants: number;
}

export function jobResults(options: JobResultsOptions): JobResults {
  const { world, optimum, runs, sweep, source, seed } = options;
  const gpuHours = gpuHoursByTenant(world);
  return {
    version: resultsVersion,
    ok: true,
    kind: "jobs",
    trace: traceFacts(world, source, gpuHours),
    world: worldFacts(world, seed),
    optimum: optimumFacts(optimum),
    policies: policyRows(
      world,
      runs.map(({ contestant, simulated }) => ({ contestant, result: simulated.result })),
    ),
    tenants: tenantRows(options, gpuHours),
    sweep,
    report: null,
  };
}

/** Rows for a table, the least waste and waiting first. */
export function policyRows(
  { options }: World,
  runs: readonly { readonly contestant: Contestant; readonly result: PolicyResult }[],
): readonly PolicyRow[] {
  const weight = options.waitingWeight ?? 1;
  const rows = runs.map(({ contestant, result }) => ({
    ...result,
    policy: contestant.name,
    ratioToOptimum: finite(result.ratioToOptimum),
    ratioOfGaps: finite(result.ratioOfGaps),
    lossSeconds: result.wasteSeconds + weight * result.waitGpuSeconds,
    kind: contestant.kind,
  }));
  rows.sort((a, b) => a.lossSeconds - b.lossSeconds);
  const best = rows.find(({ policy }) => fixedTimers.has(policy))?.policy;
  return rows.map((row) => ({ ...row, bestTimer: row.policy === best }));
}

function finite(ratio: number): number | null {
  return Number.isFinite(ratio) ? ratio : null;
}

function tenantRows({ world, runs, tenants }: JobResultsOptions, gpuHours: Float64Array): TenantRows[] {
  const order = world.tenants
    .map((tenant, id) => ({ tenant, gpuHours: gpuHours[id] ?? 0 }))
    .sort((a, b) => b.gpuHours - a.gpuHours || (a.tenant < b.tenant ? -1 : 1));
  return order.slice(0, tenants).flatMap((each) => {
    const parts = runs.flatMap(({ contestant, simulated }) => {
      const result = simulated.tenants.find(({ tenant }) => tenant === each.tenant);
      if (result === undefined) return [];
      const { tenant: _, ...rest } = result;
      return [{ contestant, result: rest }];
    });
    const jobs = parts[0]?.result.jobs;
    return jobs === undefined ? [] : [{ ...each, jobs, policies: policyRows(world, parts) }];
  });
}

function gpuHoursByTenant({ trace, jobs, pools, tenants }: World): Float64Array {
  const hours = new Float64Array(tenants.length);
  for (let row = 0; row < trace.jobs.count; row += 1) {
    const tenant = pools[jobs.pool[row] ?? -1]?.tenant;
    if (tenant === undefined) continue;
    const gpuSeconds = (trace.jobs.gpus[row] || 0) * (trace.jobs.durationSeconds[row] || 0);
    hours[tenant] = (hours[tenant] ?? 0) + gpuSeconds / 3600;
  }
  return hours;
}

function traceFacts(
  { trace, neverFits }: World,
  { format, rejected }: JobResultsOptions["source"],
  gpuHours: Float64Array,
): TraceFacts {
  return {
    name: trace.name,
    format,
    startAt: timestamp(trace.startMs),
    spanSeconds: trace.spanSeconds,
    jobs: trace.jobs.count,
    users: trace.users.length,
    groups: trace.groups.length,
    gpuHours: gpuHours.reduce((sum, hours) => sum + hours, 0),
    rejected,
    neverFits: neverFits.map(({ reason, jobs }) => ({ reason, jobs })),
  };
}

function worldFacts({ pools, tenants, region, options, notes }: World, seed: number): WorldFacts {
  return {
    pools: pools.length,
    tenancy: options.pools ?? "user",
    tenants: tenants.length,
    region,
    gpu: options.gpu ?? null,
    spot: options.supply?.checkpoints !== undefined,
    launchSeconds: rangeOf(pools.map(({ costs }) => costs.launchSeconds)),
    loadSeconds: options.loadSeconds ?? 0,
    waitingWeight: options.waitingWeight ?? 1,
    breakEvenSeconds: breakEvenRange({ pools }),
    notes,
    seed,
  };
}

export function breakEvenRange({ pools }: Pick<World, "pools">): readonly [number, number] {
  return rangeOf(pools.map(({ costs }) => breakEvenSeconds(costs)));
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 0];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function optimumFacts({ whole, gaps, zeroWait }: Optimum): OptimumFacts {
  return { lossSeconds: whole.total, gapLossSeconds: gaps.total, zeroWaitSeconds: zeroWait.total };
}

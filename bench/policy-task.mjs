// One part of the benchmark, in a process of its own: node bench/policy-task.mjs '{"task": …}'; its result is JSON.
import { demandOf, demands, ratesOf } from "./policy-demand.mjs";
import { bootstrapRatio, numbersFrom } from "./policy-intervals.mjs";
import { load } from "./policy-load.mjs";

const tasks = { compare, rates, waste, speed };
const { task, ...options } = JSON.parse(process.argv[2]);
const result = await tasks[task](options);
process.stdout.write(JSON.stringify(result));

/** Policies on one demand, with intervals by drawing its tenants again. */
async function compare({ demand, seed = 1, policies, world: more = {} }) {
  const trace = await demandOf(demand, seed);
  const { worldOf } = await load("world-of");
  const { optimumOf } = await load("optimum");
  const { simulateIn } = await load("simulate");
  const { policyRows } = await load("jobs-results");
  const world = worldOf({ trace, region: "us-east-1", pools: demands[demand].pools, ...more });
  const optimum = optimumOf(world);
  const runs = [];
  for (const contestant of await contestantsOf(policies)) {
    const began = process.cpuUsage();
    const simulated = simulateIn(world, optimum, contestant.make, { seed });
    const { user, system } = process.cpuUsage(began);
    runs.push({ contestant, simulated, cpuSeconds: (user + system) / 1e6 });
  }
  const rows = policyRows(
    world,
    runs.map(({ contestant, simulated }) => ({ contestant, result: simulated.result })),
  );
  const bases = optimaByTenant(world, optimum);
  return {
    demand,
    seed,
    jobs: trace.jobs.count,
    users: trace.users.length,
    pools: world.pools.length,
    optimum: optimum.whole.total / 3600,
    rows: rows.map((row) => {
      const { simulated, cpuSeconds } = runs.find(({ contestant }) => contestant.name === row.policy);
      return { ...row, seconds: undefined, cpuSeconds, ...intervals(simulated.tenants, bases, seed) };
    }),
    againstTimer: await againstTimer(rows, runs, bases, seed),
  };
}

async function contestantsOf(names) {
  const { contestants } = await load("roster");
  const { auraRelease } = await load("aura-release");
  const known = contestants(
    names.filter((name) => name !== "aura-experts"),
    1,
  );
  if (!names.includes("aura-experts")) return known;
  const make = () => ({ name: "aura-experts", release: auraRelease({ model: "none" }) });
  return [...known, { name: "aura-experts", kind: "policy", make }];
}

function optimaByTenant(world, optimum) {
  const bases = new Map(world.tenants.map((tenant) => [tenant, { whole: 0, gaps: 0 }]));
  world.pools.forEach(({ tenant, id }) => {
    const base = bases.get(world.tenants[tenant]);
    base.whole += optimum.whole.pools[id];
    base.gaps += optimum.gaps.pools[id];
  });
  return bases;
}

function intervals(tenants, bases, seed) {
  const whole = pairsOf(tenants, bases, "whole", "ratioToOptimum");
  const gaps = pairsOf(tenants, bases, "gaps", "ratioOfGaps");
  return {
    whole: bootstrapRatio(whole, numbersFrom(seed)),
    gaps: bootstrapRatio(gaps, numbersFrom(seed)),
  };
}

function pairsOf(tenants, bases, base, ratio) {
  return tenants.flatMap((each) => {
    const optimum = bases.get(each.tenant)[base];
    return optimum > 0 && Number.isFinite(each[ratio]) ? [[each[ratio] * optimum, optimum]] : [];
  });
}

/** Our loss over that of the fixed timer that came out best, tenant by tenant, in both measures. */
async function againstTimer(rows, runs, bases, seed) {
  const tenantsOf = (policy) => runs.find(({ contestant }) => contestant.name === policy).simulated.tenants;
  const { fixedTimers } = await load("roster");
  const timers = rows.filter(({ policy }) => fixedTimers.has(policy));
  const out = {};
  for (const [measure, ratio] of [
    ["whole", "ratioToOptimum"],
    ["gaps", "ratioOfGaps"],
  ]) {
    const best = timers.reduce((a, b) => (b[ratio] < a[ratio] ? b : a), timers[0]);
    if (best === undefined) continue;
    const theirs = new Map(tenantsOf(best.policy).map((each) => [each.tenant, each[ratio]]));
    out[measure] = { timer: best.policy, ratio: best[ratio] };
    for (const { policy, kind } of rows) {
      if (kind !== "policy") continue;
      const pairs = tenantsOf(policy).flatMap((each) => {
        const optimum = bases.get(each.tenant)[measure];
        return optimum > 0 ? [[each[ratio] * optimum, theirs.get(each.tenant) * optimum]] : [];
      });
      out[measure][policy] = bootstrapRatio(pairs, numbersFrom(seed));
    }
  }
  return out;
}

async function rates({ file }) {
  const trace = await ratesOf(file);
  const { serve } = await load("rates");
  const { servePolicies } = await load("rates-policies");
  const rows = Object.entries(servePolicies).flatMap(([name, policy]) =>
    serve(trace, { policy, meanNodes: 20, leadBins: 1, warmUp: 0.5 }).map((row) => ({ ...row, policy: name })),
  );
  return { file, series: trace.series.length, rows };
}

async function waste({ seeds, each }) {
  const { generateUsage } = await load("generate-usage");
  const { scoreDetector } = await load("score");
  return seeds.map((seed) => ({ seed, ...scoreDetector(generateUsage({ seed, each })) }));
}

/** Seconds and memory of one policy on a large demand; the process has done nothing else. */
async function speed({ users, policy }) {
  const { generateTrace } = await load("generate-trace");
  const { worldOf } = await load("world-of");
  const { optimumOf } = await load("optimum");
  const { simulateIn } = await load("simulate");
  const trace = generateTrace({ seed: 1, users, days: 28 });
  const [contestant] = await contestantsOf([policy]);
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const world = worldOf({ trace, region: "us-east-1" });
  const { result } = simulateIn(world, optimumOf(world), contestant.make, {});
  const { user, system } = process.cpuUsage(cpu);
  return {
    policy,
    jobs: trace.jobs.count,
    pools: world.pools.length,
    completed: result.completed,
    wallSeconds: (performance.now() - wall) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMib: process.resourceUsage().maxRSS / 1024,
  };
}

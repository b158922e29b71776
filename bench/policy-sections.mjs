// What was measured, as sections with goals and tables: pure, the same results give the same sections.
import { demands } from "./policy-demand.mjs";
import { intervalText, overSeeds } from "./policy-intervals.mjs";

export function sectionsOf(results) {
  return [release(results), warm(results), rates(results), waste(results), bill(results), speed(results)].filter(
    Boolean,
  );
}

const ratio = (value) =>
  value === null || value === undefined || !Number.isFinite(value) ? "-" : value.toFixed(value < 10 ? 3 : 1);
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const minutes = (weight) => `${5 * (1 + weight)} min`;
const measures = { whole: "ratioToOptimum", gaps: "ratioOfGaps" };

/** Results of one demand: of its seeds together. */
function byDemand(results, match = () => true) {
  const groups = new Map();
  for (const each of results.filter(match)) groups.set(each.demand, [...(groups.get(each.demand) ?? []), each]);
  return groups;
}

/** A policy's figure over the seeds; of one run the interval from drawing users again. */
function figure(runs, policy, measure) {
  const rows = runs.map(({ rows }) => rows.find((row) => row.policy === policy));
  if (runs.length > 1) return overSeeds(rows.map((row) => row[measures[measure]]));
  return { ...rows[0][measure], value: rows[0][measures[measure]] };
}

const best = (runs, measure) => overSeeds(runs.map(({ againstTimer }) => againstTimer[measure].ratio)).value;

function release({ release: results, quick }) {
  if (results.length === 0) return undefined;
  const ten = byDemand(results, ({ world }) => world.waitingWeight === 1);
  const shown = ["aura", "aura-release", "aura-experts"];
  const others = [
    "scale-to-zero",
    "karpenter-30s",
    "five-minutes",
    "cluster-autoscaler-10m",
    "one-hour",
    "follow-the-leader",
    "break-even",
    "randomized",
    "hybrid-histogram",
  ];
  const tables = ["gaps", "whole"].map((measure) => ({
    caption: `${measure === "gaps" ? "Over the gaps of the trace (ratioOfGaps)" : "Simulated, first launches and shifted work included (ratioToOptimum)"}, B = 10 min; 95 % intervals`,
    head: ["demand", ...shown.map((name) => name), "best timer", ...others],
    rows: [...ten].map(([demand, runs]) => [
      demand,
      ...shown.map((policy) =>
        policy === "aura" ? intervalText(figure(runs, policy, measure)) : ratio(figure(runs, policy, measure).value),
      ),
      ratio(best(runs, measure)),
      ...others.map((policy) => ratio(figure(runs, policy, measure).value)),
    ]),
  }));
  const weights = [...new Set(results.map(({ world }) => world.waitingWeight))];
  const byBreakEven = {
    caption: "aura / the best fixed timer in hindsight, by break-even; ratioOfGaps and, in brackets, ratioToOptimum",
    head: ["demand", ...weights.map(minutes)],
    rows: [...ten.keys()].map((demand) => [
      demand,
      ...weights.map((weight) => {
        const runs = byDemand(results, ({ world }) => world.waitingWeight === weight).get(demand);
        if (runs === undefined) return "";
        const pair = (measure) => `${ratio(figure(runs, "aura", measure).value)} / ${ratio(best(runs, measure))}`;
        return `${pair("gaps")} (${pair("whole")})`;
      }),
    ]),
  };
  return {
    title: "Release: when an idle node goes",
    says: "Ratio of waste and ρ times waiting to the clairvoyant optimum; lower is better, 1 is the least possible. L is 300 s, ρ follows from B. ratioToOptimum is simulated, with first launches and work that shifts; ratioOfGaps replays the decisions over the gaps of the trace, and is the stricter. Intervals (95 %) are from drawing the users of one trace again, or over seeds.",
    goals: releaseGoals(results, ten),
    tables: quick ? tables : [...tables, byBreakEven, learnedAdds(results)],
  };
}

function releaseGoals(results, ten) {
  const philly = ten.get("philly");
  const worst = worstOf(results, (run, measure) => runRatio(run, "aura", measure));
  const behind = worstOf(results, (run, measure) => runRatio(run, "aura", measure) / run.againstTimer[measure].ratio);
  const of = ({ value, run }) =>
    `${value.toFixed(3)} (${run.demand}, seed ${run.seed}, B ${minutes(run.world.waitingWeight)})`;
  return ["whole", "gaps"].flatMap((measure) => {
    const name = measures[measure];
    const own = philly && figure(philly, "aura", measure);
    const timer = philly && `the best fixed timer ${ratio(best(philly, measure))}`;
    return [
      ...(philly === undefined
        ? []
        : [
            {
              goal: `${name} ≤ 1.15 at B = 10 min on Philly without u48, pools by user`,
              reached: `${intervalText(own)}; ${timer}`,
              isReached: own.value <= 1.15,
            },
          ]),
      {
        goal: `${name} never above 1.35 on any trace for B from 5 to 60 min`,
        reached: `highest ${of(worst[measure])}, where the best fixed timer has ${ratio(worst[measure].run.againstTimer[measure].ratio)}`,
        isReached: worst[measure].value <= 1.35,
      },
      {
        goal: `${name} never more than 3 % above that of the best fixed timer in hindsight`,
        reached: `worst ${of(behind[measure])} times it; in the mean of all runs ${meanBehind(results, measure).toFixed(3)} times`,
        isReached: behind[measure].value <= 1.03,
      },
    ];
  });
}

function meanBehind(results, measure) {
  return overSeeds(results.map((run) => runRatio(run, "aura", measure) / run.againstTimer[measure].ratio)).value;
}

const runRatio = (run, policy, measure) => run.rows.find((row) => row.policy === policy)[measures[measure]];

function worstOf(results, of) {
  const worst = {};
  for (const measure of ["whole", "gaps"]) {
    for (const run of results) {
      const value = of(run, measure);
      if (!(value <= (worst[measure]?.value ?? 0))) worst[measure] = { value, run };
    }
  }
  return worst;
}

/** The trained model is one expert; what is left without it. */
function learnedAdds(results) {
  const rows = [...byDemand(results, ({ world }) => world.waitingWeight === 1)].map(([demand, runs]) => {
    const [model, experts, timer] = [
      figure(runs, "aura-release", "gaps").value,
      figure(runs, "aura-experts", "gaps").value,
      best(runs, "gaps"),
    ];
    return [
      demand,
      ratio(model),
      ratio(experts),
      percent((experts - model) / (experts - 1)),
      ratio(timer),
      demand.startsWith("generated") ? "no" : "yes",
    ];
  });
  return {
    caption:
      "What the trained model adds to the experts, B = 10 min, ratioOfGaps; it was trained on Philly (10 days) and openb",
    head: ["demand", "with model", "experts alone", "less loss above 1", "best timer", "trained on it"],
    rows,
  };
}

function warm({ warm: results }) {
  if (results.length === 0) return undefined;
  const rows = [...byDemand(results)].map(([demand, runs]) => {
    const of = (policy, value) => runs.map(({ rows }) => value(rows.find((row) => row.policy === policy)));
    const overhead = ({ idleGpuHours, bootGpuHours }) => idleGpuHours + bootGpuHours;
    const share = (policy, value) => {
      const [own, theirs] = [of(policy, value), of("cluster-autoscaler-10m", value)];
      return overSeeds(own.map((each, index) => each / theirs[index]));
    };
    const cold = ({ coldShare }) => coldShare;
    return {
      demand,
      cold: share("aura-interactive", cold),
      spent: share("aura-interactive", overhead),
      theirs: overSeeds(of("cluster-autoscaler-10m", cold)).value,
      ours: overSeeds(of("aura-interactive", cold)).value,
      plain: share("aura", cold),
      plainSpent: share("aura", overhead),
    };
  });
  const text = (value) => value.toFixed(2);
  const most = rows.reduce((a, b) => (b.cold.value > a.cold.value ? b : a));
  const least = rows.reduce((a, b) => (b.cold.value < a.cold.value ? b : a));
  return {
    title: "Warm: fewer cold starts for the same overhead",
    says: "aura-interactive spends what the Cluster Autoscaler's 10 minutes would cost, where it spares most jobs a wait. Overhead is idle and boot GPU-hours.",
    goals: [
      {
        goal: "at the Cluster Autoscaler's overhead half its cold starts",
        reached: `${percent(least.cold.value, 0)} of its cold starts on ${least.demand} to ${percent(most.cold.value, 0)} on ${most.demand}, at ${percent(Math.min(...rows.map(({ spent }) => spent.value)), 0)} to ${percent(Math.max(...rows.map(({ spent }) => spent.value)), 0)} of its overhead`,
        isReached: most.cold.value <= 0.5 && rows.every(({ spent }) => spent.value <= 1.02),
      },
    ],
    tables: [
      {
        caption:
          "aura-interactive and aura over the Cluster Autoscaler's 10 min: cold starts and overhead; intervals over seeds",
        head: ["demand", "its cold share", "ours", "cold starts", "overhead", "aura: cold starts", "overhead"],
        rows: rows.map((row) => [
          row.demand,
          percent(row.theirs, 0),
          percent(row.ours, 0),
          intervalText(row.cold, text),
          intervalText(row.spent, text),
          text(row.plain.value),
          text(row.plainSpent.value),
        ]),
      },
    ],
  };
}

/** Aura's policy for serving. */
const serving = "budget-1.0%";

function rates({ rates: results }) {
  if (results.length === 0) return undefined;
  const all = (file) => {
    const { rows } = results.find((each) => each.file.startsWith(file));
    return rows.filter(({ series }) => series === "pooled");
  };
  const row = all("servegen").find(({ policy }) => policy === serving);
  return {
    title: "Request rates: what a serving pool misses, and provides too much",
    says: "Nodes are there one bin after the decision, the first half of each series is for learning, each series is scaled to a mean of 20 whole nodes.",
    goals: [
      {
        goal: "≤ 1 % unserved at ≤ 25 % over-provision (ServeGen)",
        reached: `${percent(row.unservedShare, 2)} unserved at ${percent(row.overProvision)}`,
        isReached: row.unservedShare <= 0.01 && row.overProvision <= 0.25,
      },
      {
        goal: "95 % bounds hold in 94 to 96 % of the bins (ServeGen)",
        reached: percent(row.coverage95),
        isReached: row.coverage95 >= 0.94 && row.coverage95 <= 0.96,
      },
    ],
    tables: results.map(({ file, rows, series }) => ({
      caption: `${file}, ${series} series together; in brackets the lowest and highest of them`,
      head: ["policy", "unserved", "over-provision", "95 % bound held"],
      rows: all(file.slice(0, 5))
        .sort((a, b) => a.overProvision - b.overProvision)
        .map((pooled) => {
          const own = rows.filter((each) => each.policy === pooled.policy && each.series !== "pooled");
          const range = (of) =>
            `${percent(of(pooled))} (${percent(Math.min(...own.map(of)))} to ${percent(Math.max(...own.map(of)))})`;
          const name = pooled.policy === serving ? `aura (${serving})` : pooled.policy;
          return [
            name,
            range((each) => each.unservedShare),
            range((each) => each.overProvision),
            pooled.coverage95 === undefined ? "-" : range((each) => each.coverage95),
          ];
        }),
    })),
  };
}

function waste({ waste: seeds }) {
  if (seeds.length === 0) return undefined;
  const labels = ["healthy", "DEAD", "STALLED", "LOW", "WASTE-MEM", "UNBALANCED"];
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const scenarios = seeds.flatMap((each) => each.scenarios);
  const hits = sum(scenarios.map(({ found }) => found));
  const wrong = sum(scenarios.map(({ wrong: each }) => each));
  const positives = sum(scenarios.filter(({ label }) => label !== "healthy").map(({ workloads }) => workloads));
  const delays = seeds.map(({ medianDelaySeconds }) => medianDelaySeconds).sort((a, b) => a - b);
  const delay = delays[delays.length >> 1] / 60;
  const [precision, recall] = [hits / (hits + wrong), hits / positives];
  const recovered = overSeeds(seeds.map((each) => each.recovered));
  const workloads = sum(seeds.map((each) => each.workloads));
  const names = [...new Set(scenarios.map(({ scenario }) => scenario))].sort();
  return {
    title: "Waste: GPUs that are held and do nothing",
    says: `Generated utilization, seeds ${seeds[0].seed} to ${seeds.at(-1).seed}, ${workloads} workloads; the generator and the detector were written by the same project.`,
    goals: [
      {
        goal: "precision ≥ 99 %",
        reached: `${percent(precision, 2)}: ${wrong} of ${hits + wrong} findings are wrong (95 %: ${wilson(hits, hits + wrong)})`,
        isReached: precision >= 0.99,
      },
      {
        goal: "recall ≥ 95 %",
        reached: `${percent(recall, 2)}: ${hits} of ${positives} (95 %: ${wilson(hits, positives)})`,
        isReached: recall >= 0.95,
      },
      { goal: "median delay ≤ 15 min", reached: `${delay.toFixed(1)} min`, isReached: delay <= 15 },
      {
        goal: "≥ 80 % of the recoverable GPU-hours",
        reached: intervalText(recovered, (value) => percent(value)),
        isReached: recovered.value >= 0.8,
      },
    ],
    tables: [
      {
        caption: "What it is (rows) and what was found (columns)",
        head: ["", ...labels],
        rows: labels.map((is) => [
          is,
          ...labels.map((found) => sum(seeds.map(({ confusion }) => confusion[is]?.[found] ?? 0))),
        ]),
      },
      {
        caption: "By story",
        head: ["story", "is", "workloads", "found", "wrong", "recovered"],
        rows: names.map((name) => {
          const own = scenarios.filter(({ scenario }) => scenario === name);
          const total = (key) => sum(own.map((each) => each[key]));
          const isWaste = own[0].label !== "healthy";
          return [
            name,
            own[0].label,
            total("workloads"),
            isWaste ? total("found") : "-",
            total("wrong"),
            isWaste ? percent(total("recovered") / own.length, 0) : "-",
          ];
        }),
      },
    ],
  };
}

/** Wilson's interval for a share. */
function wilson(hits, all) {
  const z = 1.96;
  const [share, spread] = [hits / all, (z * z) / all];
  const half = z * Math.sqrt((share * (1 - share)) / all + spread / (4 * all));
  const at = (sign) => percent((share + spread / 2 + sign * half) / (1 + spread), 2);
  return `${at(-1)} to ${at(1)}`;
}

function bill({ bill: results }) {
  if (results.length === 0) return undefined;
  const of = (run, policy) => run.rows.find((row) => row.policy === policy);
  const share = (policy, over) => overSeeds(results.map((run) => of(run, policy).costUsd / of(run, over).costUsd));
  const p95 = (policy) => overSeeds(results.map((run) => of(run, policy).waitP95Seconds));
  const [alwaysOn, karpenter] = [share("aura", "always-on"), share("aura", "karpenter-30s")];
  const waits = results.map((run) => [of(run, "aura").waitP95Seconds, of(run, "karpenter-30s").waitP95Seconds]);
  const slower = waits.filter(([own, theirs]) => own > theirs * 1.005).length;
  const policies = results[0].rows.map(({ policy }) => policy);
  const text = (value) => percent(value, 0);
  return {
    title: "The whole bill of small teams",
    says: `${results.length} teams of 10 to 50 users drawn from Philly without u48 (${results.map(({ users }) => users).join(", ")} users), one pool of each shape for all, launch times and prices of the catalog, checkpoints of 30 s; spot, where a policy uses it, is interrupted as often as AWS says.`,
    goals: [
      {
        goal: "≤ 35 % of an always-on node group of the same peak",
        reached: intervalText(alwaysOn, (value) => percent(value)),
        isReached: alwaysOn.value <= 0.35,
      },
      {
        goal: "≤ 80 % of Karpenter with 30 s on demand",
        reached: intervalText(karpenter, (value) => percent(value)),
        isReached: karpenter.value <= 0.8,
      },
      {
        goal: "at no worse p95 wait than that",
        reached: `${waits.map(([own, theirs]) => `${own.toFixed(0)} s against ${theirs.toFixed(0)} s`).join(", ")}`,
        isReached: slower === 0,
      },
    ],
    tables: [
      {
        caption: "Means of the teams; 95 % intervals over them",
        head: [
          "policy",
          "of always on",
          "of Karpenter 30 s",
          "wait p95",
          "mean wait",
          "cold",
          "interruptions",
          "ratio",
        ],
        rows: policies.map((policy) => [
          policy,
          intervalText(share(policy, "always-on"), text),
          intervalText(share(policy, "karpenter-30s"), text),
          `${p95(policy).value.toFixed(0)} s`,
          `${overSeeds(results.map((run) => of(run, policy).waitMeanSeconds)).value.toFixed(0)} s`,
          percent(overSeeds(results.map((run) => of(run, policy).coldShare)).value, 0),
          overSeeds(results.map((run) => of(run, policy).interruptions)).value.toFixed(0),
          ratio(overSeeds(results.map((run) => of(run, policy).ratioToOptimum)).value),
        ]),
      },
    ],
  };
}

function speed({ speed: results, machine }) {
  if (results.length === 0) return undefined;
  const plain = results.filter(({ policy }) => policy === "karpenter-30s");
  const [small, large] = [plain.find(({ jobs }) => jobs < 5e5), plain.find(({ jobs }) => jobs >= 5e5)];
  const goalOf = (run, goal, most) =>
    run === undefined
      ? []
      : [
          {
            goal,
            reached: `${run.jobs.toLocaleString("en")} jobs in ${run.wallSeconds.toFixed(1)} s (${run.cpuSeconds.toFixed(1)} s of CPU time), at most ${run.peakMib.toFixed(0)} MiB`,
            isReached: run.cpuSeconds <= most * (run.jobs / (most === 5 ? 1e5 : 1e6)),
          },
        ];
  return {
    title: "Speed of the simulator",
    says: `${machine}. World, optimum and simulation of generated demand over 28 days, one process each; goals are judged by CPU time, which is that of one core; the machine had other work.`,
    goals: [
      ...goalOf(small, "100,000 jobs in under 5 s on one core", 5),
      ...goalOf(large, "1,000,000 jobs in under 60 s on one core", 60),
    ],
    tables: [
      {
        caption: "One policy on one trace",
        head: ["policy", "jobs", "pools", "seconds", "CPU seconds", "peak MiB"],
        rows: results.map((run) => [
          run.policy,
          run.jobs.toLocaleString("en"),
          run.pools.toLocaleString("en"),
          run.wallSeconds.toFixed(1),
          run.cpuSeconds.toFixed(1),
          run.peakMib.toFixed(0),
        ]),
      },
    ],
  };
}

export { demands };

// Measures the planner on this machine: npm run bench:planner
// Everything in one run, seeded; each figure beside its goal or Karpenter's own, on the same inputs.
import { cpus } from "node:os";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";

import { buildModules, loadModule } from "../scripts/built-modules.mjs";
import { fragmentationRow, priceRows, tracesBeside } from "./planner-gpu.mjs";
import { diversePods, fakeOfferings, pool, preferencePods } from "./planner-workload.mjs";

const root = resolve(import.meta.dirname, "..");
const cache = "bench-planner";
await buildModules(cache, ["planner/provision", "planner/gpu-shares", "planner/typical-pods", "catalog/offerings"]);
const load = (name) => loadModule(cache, name);
const { provision } = await load("provision");

/** Karpenter v1.14.1's own benchmark on a 2-core machine: pods a second, nodes. */
const karpenter = {
  "1,000 diverse": [241, 200],
  "5,000 diverse": [209, 1000],
  "20,000 diverse": [101, 4000],
  "4,000 preferences respected": [26, 4000],
  "4,000 preferences ignored": [2615, 3],
};

const offerings = fakeOfferings();
const runs = Number(process.env.BENCH_RUNS ?? 5);
const rows = [];
const sizes = (process.env.BENCH_SIZES ?? "1000,5000,20000,100000").split(",").map(Number);
const cases = [
  ...sizes.map((size) => [`${size.toLocaleString("en")} diverse`, diversePods(size), {}]),
  ["4,000 preferences respected", preferencePods(4000), {}],
  ["4,000 preferences ignored", preferencePods(4000), { preferencePolicy: "Ignore" }],
];
provision(inputOf(diversePods(2000, 7), {}));
for (const mode of ["karpenter", "aura"])
  for (const [name, pods, more] of cases) rows.push(measure(name, pods, { ...more, mode }));
console.table(rows);
const gpu = await gpuFigures();
console.log(JSON.stringify({ machine: `${cpus().length} × ${cpus()[0]?.model}`, rows, gpu }));

function inputOf(pods, more) {
  return { pods, nodes: [], pools: [pool], offerings, unavailable: () => false, daemonOverhead: {}, ...more };
}

/** The median of some runs, since this machine may have other work. */
function measure(name, pods, more) {
  const input = inputOf(pods, more);
  let plan;
  const times = Array.from({ length: pods.length > 50_000 ? Math.min(3, runs) : runs }, () => {
    const started = performance.now();
    plan = provision(input);
    return performance.now() - started;
  });
  const ms = times.sort((a, b) => a - b)[times.length >> 1];
  const podsPerSecond = (pods.length / ms) * 1000;
  const [theirs, theirNodes] = karpenter[name] ?? [];
  return {
    name,
    mode: more.mode,
    ms: Math.round(ms),
    "µs/pod": Number(((ms * 1000) / pods.length).toFixed(1)),
    "pods/s": Math.round(podsPerSecond),
    "× Karpenter": theirs && Math.round(podsPerSecond / theirs),
    nodes: plan.claims.length,
    "Karpenter's": theirNodes,
    "usd/h": Number(plan.claims.reduce((sum, { offering }) => sum + offering.usdPerHour, 0).toFixed(2)),
    unplaced: plan.unschedulable.length,
  };
}

/** What the openb trace says, or undefined and a loud word where it is not there. */
async function gpuFigures() {
  const folder = tracesBeside(root);
  if (folder === undefined) {
    console.error("SKIPPED: the GPU figures need alibaba_openb2023.csv.gz in ../shared/traces or $AURA_TRACES");
    return undefined;
  }
  const { offerings: offeringsIn, defaultZones } = await load("offerings");
  const catalog = offeringsIn({ region: "us-east-1", zones: defaultZones("us-east-1") });
  const prices = await priceRows({ folder, provision, offerings: catalog });
  const flat = prices.flatMap(({ pods, bound, boundStatus, ...plans }) =>
    Object.entries(plans).map(([name, plan]) => ({ pods, bound, boundStatus, name, ...plan })),
  );
  console.table(flat);
  const sharing = { folder, ...(await load("gpu-shares")), ...(await load("typical-pods")) };
  const fragmentation = [false, true].map((withModels) => fragmentationRow({ ...sharing, withModels }));
  console.table(fragmentation);
  return { prices, fragmentation };
}

// GPU batches of Alibaba's openb trace (hkust-adsl/kubernetes-scheduler-simulator, Apache-2.0): what a batch costs above a
// lower bound, and what is fragmented when GPUs are shared. The trace lies beside the checkout and is no part of it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { gunzipSync } from "node:zlib";

import highsLoader from "highs";

import { randomOf } from "./planner-workload.mjs";

const gpuKey = "nvidia.com/gpu";
const gib = 2 ** 30;

/** The trace's folder, or undefined when it is nowhere to be found. */
export function tracesBeside(root) {
  const folders = [process.env.AURA_TRACES, join(root, "..", "shared", "traces")].filter(Boolean);
  return folders.find((folder) => existsSync(join(folder, "alibaba_openb2023.csv.gz")));
}

function rowsOf(folder, name) {
  const [head, ...lines] = gunzipSync(readFileSync(join(folder, name)))
    .toString()
    .trim()
    .split("\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((text, at) => [names[at], text])));
}

/** Paid price over the bound, for batches of GPU pods on the real catalog in us-east-1. */
export async function priceRows({ folder, provision, offerings, sizes = [50, 200, 500] }) {
  const highs = await highsLoader();
  const trace = rowsOf(folder, "alibaba_openb2023.csv.gz").filter(({ gpus }) => Number(gpus) > 0);
  return sizes.map((size) => {
    const pods = draw(trace, size, 8);
    const input = (mode, mayAddNodes) => ({
      pods,
      nodes: [],
      pools: [{ name: "gpu", weight: 0, labels: {}, requirements: [], taints: [], limits: {}, used: {} }],
      offerings,
      unavailable: () => false,
      daemonOverhead: {},
      mode,
      mayAddNodes,
    });
    const bound = boundOf(highs, pods, offerings);
    const run = (mode, mayAddNodes) => {
      const started = performance.now();
      const plan = provision(input(mode, mayAddNodes));
      const usd = plan.claims.reduce((sum, { offering }) => sum + offering.usdPerHour, 0);
      const ms = Math.round(performance.now() - started);
      return {
        usd: round(usd),
        over: round(usd / bound.usd, 3),
        nodes: plan.claims.length,
        ms,
        unplaced: plan.unschedulable.length,
      };
    };
    return {
      pods: size,
      bound: round(bound.usd),
      boundStatus: bound.status,
      karpenter: run("karpenter", false),
      auraNoMoreNodes: run("aura", false),
      aura: run("aura", true),
    };
  });
}

/** Pods of the trace at random; a share of a GPU takes a whole one where nothing shares. */
function draw(trace, size, seed) {
  const random = randomOf(seed + size);
  return Array.from({ length: size }, (_, index) => {
    const row = trace[Math.floor(random() * trace.length)];
    const requests = {
      cpu: Math.round(Number(row.cpus) * 1000),
      memory: Math.round(Number(row.mem_gib) * gib),
      [gpuKey]: Math.max(1, Math.round(Number(row.gpus))),
    };
    return { name: `openb/p${index}`, uid: `p${index}`, createdAtMs: 0, requests, alternatives: [[]], tolerations: [] };
  });
}

/**
 * A lower bound: nodes of each type are whole, pods may be split over types; a type's nodes must have what their pods take
 * together, and no node more pods of a kind than fit. Every plan satisfies that, so none is cheaper.
 */
function boundOf(highs, pods, offerings) {
  const kinds = [...groups(pods)];
  const types = typesOf(offerings);
  const fits = (kind, type) =>
    Math.min(
      ...Object.entries(kind[0].requests).map(([key, amount]) =>
        amount > 0 ? Math.floor((type.has[key] ?? 0) / amount) : 1e6,
      ),
    );
  const pairs = kinds.flatMap((kind, k) => types.flatMap((type, t) => (fits(kind, type) > 0 ? [[k, t]] : [])));
  const used = [...new Set(pairs.map(([, t]) => t))];
  const lines = ["Minimize", ` obj: ${used.map((t) => `${types[t].usd} x${t}`).join(" + ")}`, "Subject To"];
  for (const [k, kind] of kinds.entries()) {
    lines.push(
      ` n${k}: ${pairs
        .filter(([own]) => own === k)
        .map(([, t]) => `y${k}_${t}`)
        .join(" + ")} = ${kind.length}`,
    );
  }
  for (const t of used) {
    for (const [r, resource] of ["cpu", "memory", gpuKey].entries()) {
      const scale = resource === "memory" ? gib : 1;
      const terms = pairs
        .filter(([, own]) => own === t)
        .map(([k]) => `${kinds[k][0].requests[resource] / scale} y${k}_${t}`);
      lines.push(` c${t}_${r}: ${terms.join(" + ")} - ${(types[t].has[resource] ?? 0) / scale} x${t} <= 0`);
    }
  }
  for (const [k, t] of pairs) lines.push(` f${k}_${t}: y${k}_${t} - ${fits(kinds[k], types[t])} x${t} <= 0`);
  const general = ["General", ` ${used.map((t) => `x${t}`).join(" ")}`, "End"];
  const gap = 0.002;
  const whole = highs.solve([...lines, ...general].join("\n"), { time_limit: 30, mip_rel_gap: gap });
  if (whole.Status === "Optimal") return { usd: whole.ObjectiveValue * (1 - gap), status: "MIP" };
  return { usd: highs.solve([...lines, "End"].join("\n")).ObjectiveValue, status: "LP" };
}

function groups(pods) {
  const byKey = new Map();
  for (const pod of pods) byKey.set(keyOf(pod), [...(byKey.get(keyOf(pod)) ?? []), pod]);
  return byKey.values();
}

function keyOf({ requests }) {
  return JSON.stringify(requests);
}

/** Types with a GPU at their cheapest price, those left out that another one has all of for no more. */
function typesOf(offerings) {
  const cheapest = new Map();
  for (const { instanceType: type, usdPerHour } of offerings) {
    if (!type.gpu) continue;
    const has = {
      cpu: Math.floor(type.allocatable.cpuMillis),
      memory: Math.floor(type.allocatable.memoryMib * 2 ** 20),
      [gpuKey]: type.gpu.count,
      pods: type.allocatable.pods,
    };
    const known = cheapest.get(type.name);
    if (known === undefined || usdPerHour < known.usd) cheapest.set(type.name, { usd: usdPerHour, has });
  }
  const sorted = [...cheapest.values()].sort((a, b) => a.usd - b.usd);
  return sorted.filter(
    (type, at) => !sorted.slice(0, at).some(({ has }) => Object.keys(has).every((key) => has[key] >= type.has[key])),
  );
}

/**
 * FGD's own experiment: pods drawn until they ask for 130 % of the GPUs, none leaves; the mean of some seeds. The published
 * figure is for the default trace, whose pods take any model of GPU; `withModels` keeps to those that the authors assigned.
 */
export function fragmentationRow({ folder, GpuShares, typicalPods, withModels, seeds = 3, load = 1.3 }) {
  const nodes = rowsOf(folder, "alibaba_openb2023_nodes.csv.gz").flatMap((row) =>
    Array.from({ length: Number(row.count) }, () => ({
      model: row.gpu_type,
      cpuMillis: Number(row.cpus) * 1000,
      memoryMib: Number(row.mem_gib) * 1024,
      gpuMillis: new Array(Number(row.gpus)).fill(1000),
    })),
  );
  const trace = rowsOf(folder, "alibaba_openb2023.csv.gz").map((row) => ({
    cpuMillis: Math.round(Number(row.cpus) * 1000),
    memoryMib: Math.round(Number(row.mem_gib) * 1024),
    gpuMillis: Math.round(Number(row.gpus) * 1000),
    models: !withModels || row.gpu_type === "" ? [] : row.gpu_type.split("|"),
  }));
  const capacity = nodes.reduce((sum, { gpuMillis }) => sum + gpuMillis.length * 1000, 0);
  const typical = typicalPods(trace, 0.95);
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const random = randomOf(seed + 1);
    const shares = new GpuShares(nodes, typical);
    let asked = 0;
    let placed = 0;
    const started = performance.now();
    while (asked < load * capacity) {
      const pod = trace[Math.floor(random() * trace.length)];
      asked += pod.gpuMillis;
      if (shares.place(pod) !== undefined) placed += pod.gpuMillis;
    }
    const percent = (amount) => (amount / capacity) * 100;
    return {
      fragments: percent(shares.fragments()),
      unallocated: percent(shares.free()),
      allocated: percent(placed),
      ms: performance.now() - started,
    };
  });
  const mean = (field) => round(runs.reduce((sum, run) => sum + run[field], 0) / runs.length);
  return {
    gpus: capacity / 1000,
    models: withModels ? "as assigned" : "any",
    load: "130 %",
    seeds,
    fragmentedPercentOfGpus: mean("fragments"),
    unallocatedPercentOfGpus: mean("unallocated"),
    publishedFgdPercent: 4.6,
    meanMs: mean("ms"),
  };
}

function round(value, digits = 2) {
  return Number(value.toFixed(digits));
}

// Measures what policies save and what they miss: npm run bench:policy [-- --quick] [-- --write]
// Everything is seeded; every goal of the project beside what was reached, and what others do beside both. --quick takes a
// minute and leaves out seeds and break-evens; --write makes docs/guide/policy-results.md and its pictures anew; --resume
// takes what a run that was cut off has measured, --measured only that.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

import { demands, isThere } from "./policy-demand.mjs";
import { buildPolicyModules, root } from "./policy-load.mjs";
import { textOf } from "./policy-print.mjs";
import { sectionsOf } from "./policy-sections.mjs";
import { writePage } from "./policy-write.mjs";

const timers = ["best-timer", "scale-to-zero", "karpenter-30s", "five-minutes", "cluster-autoscaler-10m", "one-hour"];
const releasePolicies = [
  "aura",
  "aura-release",
  "aura-experts",
  ...timers,
  "follow-the-leader",
  "break-even",
  "randomized",
  "hybrid-histogram",
  "clairvoyant",
];
const warmPolicies = ["aura", "aura-interactive", "karpenter-30s", "cluster-autoscaler-10m", "one-hour"];
const billPolicies = [
  "always-on",
  "karpenter-30s",
  "cluster-autoscaler-10m",
  "aura",
  "aura-interactive",
  "aura-release",
];
const rateFiles = ["servegen_rates.csv.gz", "azure_llm_1h.csv.gz"];

/** Relatives of others, or long: at one break-even they say what there is to say. */
const onlyTen = new Set(["philly-robot", "philly-group", "philly-12w"]);

/** About 10,000, 100,000 and 1,000,000 jobs. */
const speedSizes = [
  [130, ["aura", "aura-interactive"]],
  [1300, ["karpenter-30s", "aura-release"]],
  [13_000, ["karpenter-30s", "aura-release"]],
];

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean" },
    write: { type: "boolean" },
    resume: { type: "boolean" },
    measured: { type: "boolean" },
  },
});
const began = Date.now();
await buildPolicyModules();
const skipped = Object.keys(demands).filter((name) => !isThere(name));
if (skipped.length > 0) {
  console.error(
    "SKIPPED, loudly: there are no public traces in ../shared/traces or $AURA_TRACES, so there is nothing of",
  );
  for (const name of skipped) console.error(`  ${name}: ${demands[name].says}`);
  console.error("  request rates (ServeGen, Azure), and the whole bill");
}
const results = {
  quick: flags.quick === true,
  isPart: flags.measured === true,
  machine: machineOf(),
  skipped,
  ...(await measured()),
};
const sections = sectionsOf(results);
console.log(textOf(sections));
console.error(`took ${Math.round((Date.now() - began) / 1000)} s`);
if (flags.write) await writePage(results, sections);

function machineOf() {
  return `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;
}

async function measured() {
  const seeds = flags.quick ? [1] : [1, 2, 3, 4, 5];
  const weights = flags.quick ? [1] : [0, 1, 5, 11];
  const open = (names) => names.filter(isThere);
  const each = (names) =>
    open(names).flatMap((demand) => (demands[demand].seeded ? seeds : [1]).map((seed) => ({ demand, seed })));
  const one = ["philly", "philly-robot", "philly-group", "openb", "philly-12w"].slice(0, flags.quick ? 2 : 5);
  const plain = { launchSeconds: 300 };
  const jobs = {
    release: each([...one, "resampled", "generated", "generated-shared"]).flatMap(({ demand, seed }) =>
      (onlyTen.has(demand) ? [1] : weights).map((waitingWeight) => ({
        task: "compare",
        demand,
        seed,
        policies: releasePolicies,
        world: { ...plain, waitingWeight },
      })),
    ),
    warm: each(["philly", "philly-group", "teams", "generated", "generated-shared"].slice(flags.quick ? 2 : 0)).map(
      ({ demand, seed }) => ({ task: "compare", demand, seed, policies: warmPolicies, world: plain }),
    ),
    bill: each(["teams"]).map(({ demand, seed }) => ({
      task: "compare",
      demand,
      seed,
      policies: billPolicies,
      world: { supply: { checkpoints: { writeSeconds: 30 } } },
    })),
    rates: open(["philly"]).length === 0 ? [] : rateFiles.map((file) => ({ task: "rates", file })),
    waste: chunks(flags.quick ? 10 : 50, 10).map((own) => ({ task: "waste", seeds: own, each: 2 })),
  };
  const found = await inParallel(jobs, Number(process.env.BENCH_WIDTH ?? 2));
  // alone, so that nothing else takes their time
  found.speed = (await inParallel({ speed: speedTasks(flags.quick) }, 1)).speed;
  return { ...found, waste: found.waste.flat() };
}

function chunks(count, size) {
  const seeds = Array.from({ length: count }, (_, index) => 1001 + index);
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => seeds.slice(index * size, (index + 1) * size));
}

function speedTasks(quick) {
  const sizes = quick ? [[1300, ["karpenter-30s"]]] : speedSizes;
  return sizes.flatMap(([users, policies]) => policies.map((policy) => ({ task: "speed", users, policy })));
}

/** Runs tasks, so many at once, and gives their results by the names they came under, in order. */
async function inParallel(groups, width) {
  const queue = Object.entries(groups).flatMap(([name, tasks]) => tasks.map((task, index) => ({ name, index, task })));
  // first seeds first: a run that is cut off has something of everything
  queue.sort((a, b) => (a.task.seed ?? 0) - (b.task.seed ?? 0));
  const found = Object.fromEntries(Object.entries(groups).map(([name, tasks]) => [name, new Array(tasks.length)]));
  const total = queue.length;
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name, index, task } = next;
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${total - queue.length} of ${total}: ${name}`);
      const known = flags.resume || flags.measured ? await recalled(task) : null;
      if (known === null && flags.measured) continue;
      const result = known ?? (await inProcess(task));
      await remember(task, result);
      found[name][index] = Array.isArray(result) ? result : { ...withoutPolicies(task), ...result };
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, all.filter(Boolean)]));
}

function fileOf(task) {
  const name = createHash("sha256").update(JSON.stringify(task)).digest("hex").slice(0, 16);
  return join(root, "node_modules", ".cache", "bench-policy-results", `${name}.json`);
}

async function recalled(task) {
  return JSON.parse(await readFile(fileOf(task), "utf8").catch(() => "null"));
}

async function remember(task, result) {
  await mkdir(dirname(fileOf(task)), { recursive: true });
  await writeFile(fileOf(task), JSON.stringify(result));
}

function withoutPolicies({ policies, seeds, ...task }) {
  return task;
}

function inProcess(task) {
  return new Promise((resolve, reject) => {
    const program = join(import.meta.dirname, "policy-task.mjs");
    const child = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`${JSON.stringify(task)} ended with ${code}`));
    });
  });
}

// Measures the goals of the rehearsal on this machine: npm run bench:rehearsal
// Whole processes, as a user starts them; each figure beside its goal.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { stripVTControlCharacters } from "node:util";

import { storageRows } from "./storage.mjs";
import { wireRows } from "./wire.mjs";

const root = resolve(import.meta.dirname, "..");
const aura = join(root, "dist", "main.js");
const runs = Number(process.env.BENCH_RUNS ?? 3);

/** `aura cycle` of the committed environment: median wall time, greatest memory of all its processes together. */
async function cycleRow() {
  const measured = [];
  for (let run = 0; run < runs; run += 1) {
    const dir = project();
    measured.push(await measure(dir, ["cycle", "-o", "json"]));
    rmSync(dir, { recursive: true, force: true });
  }
  const seconds = median(measured.map(({ ms }) => ms)) / 1000;
  const rss = Math.max(...measured.map(({ rssMib }) => rssMib));
  const pss = Math.max(...measured.map(({ pssMib }) => pssMib));
  const text = `${seconds.toFixed(1)} s, ${rss} MiB RSS summed (${pss} MiB PSS)`;
  return [`aura cycle, CPU and GPU job (median of ${runs})`, text, "≤ 20 s, ≤ 250 MB"];
}

/** `aura --help` against `node -e 0`, run in turns. */
function helpRow() {
  const bare = [];
  const help = [];
  for (let run = 0; run < 15; run += 1) {
    bare.push(time(["-e", "0"]));
    help.push(time([aura, "--help"]));
  }
  const [node, whole] = [median(bare), median(help)];
  const text = `+${Math.round(whole - node)} ms (${(whole / node).toFixed(2)} × Node's own ${Math.round(node)} ms)`;
  return ["aura --help above Node's own start", text, "≤ 100 ms"];
}

/** 1,000 jobs that are timers, on at most 200 nodes of one type. */
async function scaleRow() {
  const dir = project();
  writeFileSync(join(dir, "aura.yaml"), scaleEnvironment);
  writeFileSync(join(dir, "jobs.yml"), Array.from({ length: 1000 }, (_, index) => scaleJob(index)).join("---\n"));
  const { ms, code, stdout } = await measure(dir, ["cycle", "-o", "json"]);
  const summary = JSON.parse(stdout);
  const succeeded = summary.jobs.filter(({ status }) => status === "succeeded").length;
  rmSync(dir, { recursive: true, force: true });
  const text = `${(ms / 1000).toFixed(1)} s, ${succeeded} succeeded on ${summary.nodes.length} nodes, exit ${code}`;
  return ["1,000 simulated jobs, whole cycle", text, "≤ 60 s, 200 nodes"];
}

const scaleEnvironment = `version: 1
name: scale
region: us-east-1
pools:
  cpu: { families: [m7i], capacityTypes: [on-demand], limits: { cpu: 800 }, hold: 30s }
ttl: 24h
timeout: 12h
budget: 1000
jobs: [jobs.yml]
`;

function scaleJob(index) {
  return `apiVersion: batch/v1
kind: Job
metadata: { name: job-${index} }
spec:
  template:
    metadata: { annotations: { aura.dev/simulated-duration: 60s } }
    spec:
      restartPolicy: Never
      nodeSelector: { node.kubernetes.io/instance-type: m7i.xlarge }
      containers: [{ name: work, image: busybox, resources: { requests: { cpu: "3", memory: 1Gi } } }]
`;
}

/** A project folder with the committed environment. */
function project() {
  const dir = mkdtempSync(join(tmpdir(), "aura-bench-"));
  cpSync(join(root, "aura.yaml"), join(dir, "aura.yaml"));
  cpSync(join(root, "Karpenter"), join(dir, "Karpenter"), { recursive: true });
  return dir;
}

function time(argv) {
  const start = performance.now();
  spawnSync(process.execPath, argv, { stdio: "ignore" });
  return performance.now() - start;
}

/** Runs one command line and samples the memory of every process that belongs to it. */
async function measure(cwd, argv) {
  const start = performance.now();
  const child = spawn(process.execPath, [aura, ...argv], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  let [rssMib, pssMib] = [0, 0];
  const sampler = setInterval(() => {
    const memory = memoryOf(child.pid, cwd);
    rssMib = Math.max(rssMib, memory.rss);
    pssMib = Math.max(pssMib, memory.pss);
  }, 200);
  const code = await new Promise((done) => child.on("exit", done));
  clearInterval(sampler);
  return { ms: performance.now() - start, code, stdout, rssMib, pssMib };
}

/** The command and whatever names its folder on its command line or in its working directory: server and pods. */
function memoryOf(pid, folder) {
  const pids = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && (Number(name) === pid || mentions(name, folder)),
  );
  return { rss: sum(pids, "Rss"), pss: sum(pids, "Pss") };
}

function mentions(pid, folder) {
  try {
    return (
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) ||
      readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder)
    );
  } catch {
    return false;
  }
}

function sum(pids, field) {
  const kib = pids.reduce((total, pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      return total + Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
    } catch {
      return total;
    }
  }, 0);
  return Math.round(kib / 1024);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

/** The whole test suite, as `npm test` runs it after the build. */
function testRow() {
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [vitest, "run", "--reporter=dot"], {
    cwd: root,
    encoding: "utf8",
  });
  const seconds = (performance.now() - start) / 1000;
  const totals = /Tests\s+(.*)/.exec(stripVTControlCharacters(stdout))?.[1] ?? "no totals";
  return ["npm test, without the build", `${seconds.toFixed(0)} s, ${totals.trim()}, exit ${status}`, "≤ 120 s"];
}

/** How many recorded answers of a real API server come out the same, where they lie beside the checkout. */
function agreementRows() {
  const env = { ...process.env, AURA_SHOW_DIFFERENCES: "1" };
  const argv = [vitest, "run", "test/rehearsal/wire/conformance.test.ts"];
  const { stdout } = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8", env });
  const goals = { general: "≥ 88 statuses, 60 bodies", karpenter: "70 statuses, ≥ 55 bodies" };
  return Object.entries(goals).map(([set, goal]) => {
    const found = new RegExp(`agreement ${set}.jsonl: (.*)`).exec(stripVTControlCharacters(stdout))?.[1];
    return [`agreement with recorded answers, ${set}`, found ?? "no recorded answers here", goal];
  });
}

const rows = [["figure", "measured", "goal"], await cycleRow(), helpRow(), await scaleRow()];
rows.push(...agreementRows(), ...(await wireRows()), ...(await storageRows()), testRow());
console.log(`rehearsal on ${cpus().length} × ${cpus()[0].model}, Node ${process.version}\n`);
for (const [name, value, goal] of rows) console.log(`${name.padEnd(42)} ${value.padEnd(82)} ${goal}`);

// What a restart of a rehearsal's server costs: whole processes, over the wire.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

const aura = join(resolve(import.meta.dirname, ".."), "dist", "main.js");
const objects = Number(process.env.BENCH_OBJECTS ?? 50_000);
const connections = 32;

/** Makes pods that no scheduler takes, kills the server with SIGKILL, and starts it again. */
export async function storageRows() {
  const dataDir = mkdtempSync(join(tmpdir(), "aura-bench-state-"));
  const settings = { name: "bench", region: "us-east-1", zones: ["us-east-1a"], pools: [], shortages: [] };
  writeFileSync(join(dataDir, "options.json"), JSON.stringify({ ...settings, speed: 1, runtime: "auto", seed: 1 }));
  const first = await start(dataDir);
  const began = performance.now();
  let next = 0;
  const client = async () => {
    while (next < objects) await first.ask("POST", "/api/v1/namespaces/default/pods", pod(next++));
  };
  await Promise.all(Array.from({ length: connections }, client));
  const perSecond = Math.round((objects / (performance.now() - began)) * 1000);
  await kill(first);

  const restarted = performance.now();
  const again = await start(dataDir);
  const page = await again.ask("GET", "/api/v1/pods?limit=500");
  const seconds = (performance.now() - restarted) / 1000;
  const listed = performance.now();
  const { items } = await again.ask("GET", "/api/v1/pods");
  const whole = ((performance.now() - listed) / 1000).toFixed(1);
  const rss = rssMib(again.child.pid);
  await kill(again);
  const mib = (folderBytes(join(dataDir, "state")) / 2 ** 20).toFixed(0);
  rmSync(dataDir, { recursive: true, force: true });
  if (page.items.length !== 500 || items.length !== objects) throw new Error(`${items.length} pods came back`);
  const count = objects.toLocaleString("en");
  return [
    [`restart with ${count} pods, to a list`, `${seconds.toFixed(2)} s (then all of them ${whole} s)`, "≤ 2 s"],
    [`state of ${count} pods`, `${mib} MiB on disk, ${rss} MiB RSS after the list, made at ${perSecond}/s`, ""],
  ];
}

function pod(index) {
  const resources = { requests: { cpu: "1", memory: "1Gi" } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `pod-${index}`, labels: { app: "bench" } },
    spec: {
      schedulerName: "nobody",
      containers: [{ name: "main", image: "busybox", args: ["sleep", "60"], resources }],
    },
  };
}

async function start(dataDir) {
  mkdirSync(dataDir, { recursive: true });
  const child = spawn(process.execPath, [aura, "rehearsal", "serve", "--data", dataDir], { stdio: "inherit" });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const record = readRecord(dataDir);
    if (record?.pid === child.pid) return { child, ...clientOf(record) };
    await wait(5);
  }
}

function readRecord(dataDir) {
  try {
    return JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function clientOf({ url, token, certificatePem }) {
  const agent = new Agent({ keepAlive: true, ca: certificatePem });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = (method, path, body) =>
    new Promise((done, fail) => {
      const call = request(`${url}${path}`, { method, agent, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode < 300) done(JSON.parse(text));
          else fail(new Error(`${response.statusCode} ${text}`));
        });
      });
      call.on("error", fail);
      call.end(body && JSON.stringify(body));
    });
  return { ask, close: () => agent.destroy() };
}

async function kill({ child, close }) {
  close();
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
}

function rssMib(pid) {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);
}

function folderBytes(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

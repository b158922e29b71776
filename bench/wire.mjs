// Creates over TLS with watchers that read and watchers that do not: load and server share this machine.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { ask, connection, createPods, kill, requestText, rssMib, started, startServer } from "./server.mjs";

/** Pods that are created before anything is measured, so that the server's code is compiled. */
const warmUp = 4000;
const measured = 6000;
const deafWatchers = 20;

export async function wireRows() {
  const one = await load({ watchers: 1 });
  const many = await load({ watchers: 50 });
  const alone = await load({ watchers: 0 });
  const deaf = await load({ watchers: 0, deaf: deafWatchers });
  const grown = deaf.rss - alone.rss;
  const kept = `${Math.round((deaf.perSecond / alone.perSecond) * 100)} % of the rate without`;
  return [
    ["creates over TLS, 1 watcher", rate(one), "≥ 3,000/s, p99 ≤ 50 ms"],
    ["creates over TLS, 50 watchers", rate(many), "≥ 1,200/s, p99 ≤ 50 ms"],
    ["memory with 10,000 pods", `${one.rss} MiB RSS`, "≤ 250 MB"],
    [
      `creates beside ${deafWatchers} watchers that never read`,
      `${kept}, memory ${signed(grown)} MiB`,
      "no block, bounded",
    ],
  ];
}

function rate({ perSecond, cpuUsEach, bareUs, p99 }) {
  const ratio = bareUs > 0 ? ` (${(cpuUsEach / bareUs).toFixed(1)} × a bare TLS server's ${bareUs})` : "";
  return `${perSecond}/s, ${cpuUsEach} µs CPU each${ratio}, p99 ${p99.toFixed(0)} ms`;
}

function signed(amount) {
  return amount < 0 ? String(amount) : `+${amount}`;
}

/** A new server that ends with 10,000 pods. A watch's latency is from a create's request to its event at the client. */
async function load({ watchers, deaf = 0 }) {
  const server = await startServer();
  const sent = new Float64Array(warmUp + measured);
  const latencies = [];
  const take = (index) => latencies.push(performance.now() - sent[index]);
  for (let count = 0; count < watchers; count += 1) await watch(server, take);
  for (let count = 0; count < deaf; count += 1) (await watch(server, take)).pause();
  const note = (index) => {
    sent[index] = performance.now();
  };
  await createPods(server, 0, warmUp, note);
  latencies.length = 0;
  const figures = await createPods(server, warmUp, measured, note);
  await wait(500);
  const rss = rssMib(server);
  const bareUs = watchers === 1 ? await bare(server) : 0;
  await kill(server);
  server.remove();
  if (latencies.length !== watchers * measured) throw new Error(`${latencies.length} events came`);
  latencies.sort((a, b) => a - b);
  return { ...figures, rss, bareUs, p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0 };
}

const nameMark = Buffer.from('"name":"pod-');

async function watch(server, take) {
  const socket = await connection(server);
  socket.on("error", () => {});
  let torn = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    const bytes = torn.length > 0 ? Buffer.concat([torn, chunk]) : chunk;
    let end = 0;
    for (let at = bytes.indexOf(nameMark); at >= 0; at = bytes.indexOf(nameMark, end)) {
      end = bytes.indexOf('"', at + nameMark.length);
      if (end < 0) break;
      take(Number.parseInt(bytes.latin1Slice(at + nameMark.length, end), 10));
    }
    // a name may come in two pieces
    torn = end < 0 ? bytes.subarray(bytes.lastIndexOf(nameMark)) : bytes.subarray(Math.max(end, bytes.length - 20));
  });
  socket.write(requestText(server, "GET", "/api/v1/pods?watch=1&resourceVersion=0"));
  await wait(20);
  return socket;
}

async function bare(server) {
  const folder = mkdtempSync(join(tmpdir(), "aura-bench-bare-"));
  copyFileSync(join(server.dataDir, "identity.json"), join(folder, "identity.json"));
  writeFileSync(
    join(folder, "pod.json"),
    JSON.stringify(await ask(server, "GET", "/api/v1/namespaces/default/pods/pod-1")),
  );
  const nothing = await started([join(import.meta.dirname, "bare-server.mjs"), folder], folder);
  await createPods(nothing, 0, warmUp);
  const { cpuUsEach } = await createPods(nothing, 0, measured);
  await kill(nothing);
  rmSync(folder, { recursive: true, force: true });
  return cpuUsEach;
}

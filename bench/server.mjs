// A rehearsal's server as a process of its own, and clients that cost little: they share its two cores.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "node:tls";

const aura = join(resolve(import.meta.dirname, ".."), "dist", "main.js");

/** A data folder for a cluster without pools. */
export function dataFolder() {
  const dataDir = mkdtempSync(join(tmpdir(), "aura-bench-state-"));
  const settings = { name: "bench", region: "us-east-1", zones: ["us-east-1a"], pools: [], shortages: [] };
  writeFileSync(join(dataDir, "options.json"), JSON.stringify({ ...settings, speed: 1, runtime: "auto", seed: 1 }));
  return dataDir;
}

/** Starts a server on a data folder (its own, and removed with it, unless one is given); ready when this resolves. */
export async function startServer(dataDir = dataFolder()) {
  const server = await started([aura, "rehearsal", "serve", "--data", dataDir], dataDir);
  return { ...server, dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** Starts whatever writes a `server.json` into a folder. */
export async function started(argv, folder) {
  const child = spawn(process.execPath, argv, { stdio: "inherit" });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const record = readRecord(folder);
    if (record?.pid === child.pid) return { child, ...record, port: Number(new URL(record.url).port) };
    await wait(5);
  }
}

function readRecord(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "server.json"), "utf8"));
  } catch {
    return undefined;
  }
}

export async function kill({ child }) {
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
}

export function rssMib({ child }) {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024);
}

/** Of all its threads, in microseconds: the kernel counts in hundredths of a second. */
export function cpuUs({ child }) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export function connection({ port, certificatePem }) {
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", port, ca: certificatePem, servername: "localhost" };
    const socket = connect(options, () => done(socket.setNoDelay(true)));
    socket.on("error", fail);
  });
}

export function requestText({ port, token }, method, path, body) {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n`;
  if (body === undefined) return `${head}\r\n`;
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Sends one request after the other over a connection, each when the one before is answered; gives the last answer. */
export async function converse(socket, next) {
  let chunks = [];
  let [left, answer] = [-1, []];
  return new Promise((done, fail) => {
    const go = () => {
      const request = next();
      if (request === undefined) done(Buffer.concat(answer));
      else socket.write(request);
    };
    socket.on("data", (chunk) => {
      if (left < 0) left = bodyBytes(chunk) + chunk.indexOf("\r\n\r\n") + 4;
      chunks.push(chunk);
      left -= chunk.length;
      if (left > 0) return;
      if (!/^HTTP\/1.1 2/.test(chunks[0].latin1Slice(0, 12))) fail(new Error(Buffer.concat(chunks).toString()));
      answer = chunks;
      chunks = [];
      left = -1;
      go();
    });
    socket.on("error", fail);
    go();
  });
}

function bodyBytes(head) {
  return Number(/content-length: (\d+)/i.exec(head.latin1Slice(0, 1000))?.[1] ?? Number.NaN);
}

/** One request and the JSON of its answer. */
export async function ask(server, method, path, body) {
  const socket = await connection(server);
  const requests = [requestText(server, method, path, body)];
  const text = String(await converse(socket, () => requests.pop()));
  socket.destroy();
  return JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
}

export function pod(index) {
  const resources = { requests: { cpu: "1", memory: "1Gi" } };
  const containers = [{ name: "main", image: "busybox", args: ["sleep", "60"], resources }];
  const metadata = { name: `pod-${index}`, labels: { app: "bench" } };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec: { schedulerName: "nobody", containers } });
}

/** Creates pods that no scheduler takes, over 32 connections; tells what that cost. `sent` is called with each index. */
export async function createPods(server, from, count, sent = () => {}) {
  let index = from;
  const next = () => {
    if (index === from + count) return undefined;
    sent(index);
    return requestText(server, "POST", "/api/v1/namespaces/default/pods", pod(index++));
  };
  const sockets = await Promise.all(Array.from({ length: 32 }, () => connection(server)));
  const [began, cpu] = [performance.now(), cpuUs(server)];
  await Promise.all(sockets.map((socket) => converse(socket, next)));
  const ms = performance.now() - began;
  for (const socket of sockets) socket.destroy();
  return { perSecond: Math.round((count / ms) * 1000), cpuUsEach: Math.round((cpuUs(server) - cpu) / count) };
}

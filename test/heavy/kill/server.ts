import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { readRecord, type ServerRecord, writeOptions } from "../../../src/rehearsal/server-files.ts";

/** The built command line; `AURA_PROGRAM` names another build. */
const program = process.env["AURA_PROGRAM"] ?? resolve(import.meta.dirname, "../../../dist/main.js");

/** A data folder for a server. */
export async function dataFolder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-kill-"));
  const pools: never[] = [];
  const settings = { name: "kill", region: "us-east-1", zones: ["us-east-1a"], pools, shortages: [] };
  await writeOptions(dataDir, { ...settings, speed: 1, runtime: "auto", seed: 1 });
  return dataDir;
}

export interface Running {
  readonly child: ChildProcess;
  readonly api: Api;
}

/** Starts a server process and waits until it answers. */
export async function startProcess(dataDir: string): Promise<Running> {
  const child = spawn(process.execPath, [program, "rehearsal", "serve", "--data", dataDir], { stdio: "inherit" });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const record = await readRecord(dataDir);
    if (record?.pid === child.pid && record !== undefined) return { child, api: apiOf(record) };
    await wait(10);
  }
}

/** As a crash ends it. */
export async function kill({ child, api }: Running): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  api.close();
}

export interface Answer {
  readonly status: number;
  readonly body: { readonly metadata: { readonly [key: string]: unknown }; readonly [key: string]: unknown };
}

export interface Api {
  /** Rejects when no whole answer came. */
  ask(method: string, path: string, body?: object, contentType?: string): Promise<Answer>;
  /** Tells each line of a watch until the connection ends, however it ends. */
  watch(path: string, line: (text: string) => void): Promise<void>;
  close(): void;
}

function apiOf({ url, token, certificatePem }: ServerRecord): Api {
  const agent = new Agent({ keepAlive: true, ca: certificatePem });
  const headers = { authorization: `Bearer ${token}` };
  return {
    ask: (method, path, body, contentType = "application/json") =>
      new Promise((resolve, reject) => {
        const sent = { ...headers, ...(body && { "content-type": contentType }) };
        const call = request(`${url}${path}`, { method, agent, headers: sent }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
          });
        });
        call.on("error", reject);
        call.end(body && JSON.stringify(body));
      }),
    watch: (path, line) =>
      new Promise((resolve) => {
        const call = request(`${url}${path}`, { agent, headers }, (response) => {
          let rest = "";
          response.on("data", (chunk: Buffer) => {
            const lines = (rest + chunk.toString()).split("\n");
            rest = lines.pop() ?? "";
            for (const text of lines) line(text);
          });
          response.on("error", () => resolve());
          response.on("close", () => resolve());
        });
        call.on("error", () => resolve());
        call.end();
      }),
    close: () => agent.destroy(),
  };
}

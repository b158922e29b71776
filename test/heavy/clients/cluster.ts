import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { program } from "../../journeys/processes.ts";
import { findTools } from "./tools.ts";

export interface Outcome {
  readonly code: number | null;
  /** Stdout and stderr, as a terminal shows them. */
  readonly text: string;
}

/** A line as a user types it, and what must come of it. */
export interface Case {
  readonly title: string;
  readonly run: string;
  /** Default 0. */
  readonly code?: number;
  /** How long it may take. Default 60 s; while pods' processes run, a new node takes its time. */
  readonly timeoutMs?: number;
  /** Each must be in what it prints. */
  readonly says?: readonly (string | RegExp)[];
  /** None may be. */
  readonly hides?: readonly (string | RegExp)[];
}

/** A cluster of its own for a file of cases, by the built command line; pods run as processes. */
export interface Cluster {
  readonly directory: string;
  readonly kubeconfig: string;
  /** Runs a line in `sh`, with kubectl, helm and aura on PATH, in the folder of the manifests. */
  sh(line: string, timeoutMs?: number): Promise<Outcome>;
  kill(): Promise<void>;
}

/** Registers the tests of a file on a cluster; without kubectl and helm they are skipped, and say so. */
export async function onCluster(title: string, register: (cluster: Cluster) => void): Promise<void> {
  const { bin, problem } = await findTools();
  if (bin === undefined) return void describe.skip(`${title} (${problem})`, () => test("needs its tools", () => {}));
  const directory = await mkdtemp(join(tmpdir(), "aura-clients-"));
  const data = join(directory, "cluster");
  const env = {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: directory,
    KUBECONFIG: join(data, "kubeconfig"),
    CHARTS: join(import.meta.dirname, "charts"),
    AURA: `${process.execPath} ${program}`,
    DATA: data,
  };
  const sh = (line: string, timeoutMs = 60_000) =>
    shell(line, { cwd: join(import.meta.dirname, "manifests"), env }, timeoutMs);
  const kill = async () => {
    const { pid } = JSON.parse(await readFile(join(data, "server.json"), "utf8"));
    process.kill(pid, "SIGKILL");
  };
  describe(title, () => {
    beforeAll(async () => {
      const started = await sh(startLine);
      expect(started.code, started.text).toBe(0);
    });
    afterAll(async () => {
      const stopped = await sh("$AURA rehearsal stop --data $DATA");
      const log = await readFile(join(data, "server.log"), "utf8");
      await rm(directory, { recursive: true, force: true });
      await rm(bin, { recursive: true, force: true });
      expect(stopped.code, stopped.text).toBe(0);
      expect(log, "what the server logged").toBe("");
    });
    register({ directory, kubeconfig: env.KUBECONFIG, sh, kill });
  });
}

export const startLine = "$AURA rehearsal start --detach --data $DATA --runtime process --speed 1000";

/** One test for each case, in order: later ones go on from what earlier ones left. */
export function testCases({ sh }: Cluster, cases: readonly Case[]): void {
  for (const { title, run, code = 0, timeoutMs, says = [], hides = [] } of cases) {
    test(title, async () => {
      const outcome = await sh(run, timeoutMs);
      expect(outcome.code, `${run}\n${outcome.text}`).toBe(code);
      for (const text of says) expect(outcome.text).toMatch(text);
      for (const text of hides) expect(outcome.text).not.toMatch(text);
    });
  }
}

function shell(
  line: string,
  options: { readonly cwd: string; readonly env: Record<string, string> },
  timeoutMs: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-c", line], { ...options, stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
    child.once("close", (code) => resolve({ code, text }));
  });
}

import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";

import { readText } from "../../src/kernel/files.ts";
import { processJob, timerJob } from "./harness.ts";

const root = join(import.meta.dirname, "..", "..");
/** The built command line; `AURA_PROGRAM` names another build. */
export const program = process.env["AURA_PROGRAM"] ?? join(root, "dist", "main.js");
const crash = pathToFileURL(join(root, "test", "fakes", "crash-after.mjs")).href;

/** A project folder for real processes: a timer job and a job that writes an output. */
export async function realProject(jobs?: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "aura-crash-"));
  await writeFile(
    join(directory, "aura.yaml"),
    `version: 1
name: crash
region: us-east-1
pools:
  cpu: { families: [m7i, m7a], hold: 10s }
  gpu: { families: [g4dn, g5], hold: 10s }
jobs: [jobs.yml]
rehearsal: { speed: 2000 }
`,
  );
  const writes = processJob("writes", 'echo 42 > "$AURA_OUTPUT_DIR/answer"; echo done');
  await writeFile(join(directory, "jobs.yml"), jobs ?? [timerJob("timer", { gpus: 1 }), writes].join("---\n"));
  return directory;
}

/** Runs the built command line to its end, or until the crash after the n-th journal line it writes. */
export function aura(directory: string, argv: readonly string[], crashAfter?: number): SpawnSyncReturns<string> {
  const env = { PATH: process.env["PATH"], HOME: directory };
  const crashing =
    crashAfter === undefined ? {} : { CRASH_AFTER: String(crashAfter), NODE_OPTIONS: `--import=${crash}` };
  return spawnSync(process.execPath, [program, ...argv], {
    cwd: directory,
    encoding: "utf8",
    env: { ...env, ...crashing },
    timeout: 120_000,
  });
}

export interface Started {
  readonly child: ChildProcess;
  /** Standard error so far; of a terminal, all that it shows. */
  output(): string;
  /** Waits until the output matches. */
  shows(pattern: RegExp): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts the built command line with pipes, and does not wait for its end. */
export function start(directory: string, argv: readonly string[]): Started {
  return startProcess(directory, process.execPath, [program, ...argv]);
}

/** As `start`, on a terminal of its own (by `script` of util-linux); what is written to its stdin is typed there. */
export function startOnTerminal(directory: string, argv: readonly string[]): Started {
  const command = [process.execPath, program, ...argv].join(" ");
  return startProcess(directory, "script", ["-qec", `exec ${command}`, "/dev/null"]);
}

export const hasTerminals = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");

function startProcess(directory: string, command: string, argv: readonly string[]): Started {
  const env = { PATH: process.env["PATH"], HOME: directory, TERM: "xterm", SHELL: "/bin/sh" };
  const child = spawn(command, argv, { cwd: directory, env, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return {
    child,
    output: () => output,
    async shows(pattern) {
      const problem = () => `no ${pattern} in:\n${output}`;
      await until(() => pattern.test(output) || child.exitCode !== null, problem);
      if (!pattern.test(output)) throw new Error(problem());
    },
    ended,
  };
}

/** Looks until it is so; fails after a while. */
export async function until(so: () => boolean | Promise<boolean>, problem: () => string): Promise<void> {
  for (let looks = 0; !(await so()); looks += 1) {
    if (looks > 1500) throw new Error(problem());
    await setTimeout(10);
  }
}

/** How many lines the journal has. */
export async function journalLines(directory: string): Promise<number> {
  return ((await readText(join(directory, ".aura", "crash", "journal.jsonl"))) ?? "").split("\n").length - 1;
}

/** Processes that name the folder on their command line or in their environment: servers and pods of this project. */
export async function processesOf(directory: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await Promise.all(
        ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      return text.some((part) => part.includes(directory)) ? `${pid} ${text[0]?.replaceAll("\0", " ")}` : [];
    }),
  );
  return found.flat();
}

/** What is below the environment's state folder. */
export async function stateFiles(directory: string): Promise<string[]> {
  return readdir(join(directory, ".aura", "crash")).catch(() => []);
}

export async function removeProject(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** The answers that came home, from every run's report. */
export async function answers(directory: string): Promise<string[]> {
  const files = await readdir(join(directory, "report"), { recursive: true }).catch(() => []);
  const found = files.filter((file) => file.endsWith("/answer"));
  return Promise.all(found.map((file) => readFile(join(directory, "report", file), "utf8")));
}

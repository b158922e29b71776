import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { CommandOptions, CommandResult, Commands } from "./commands.ts";
import { Failure, messageOf } from "./failure.ts";
import { identify, signalGroup } from "./processes.ts";
import { tailFile } from "./tail.ts";

/** The programs of this machine. */
export const systemCommands: Commands = { find, run };

async function find(name: string, env: CommandOptions["env"]): Promise<string | undefined> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = name.includes("/") ? [resolve(name)] : folders.map((folder) => join(folder, name));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  return undefined;
}

/** A folder may be entered, which is the same right as that to run a file. */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function run(options: CommandOptions): Promise<CommandResult> {
  const path = await find(options.command, options.env);
  if (path === undefined) {
    throw new Failure("TOOL_MISSING", `${options.command} is not on PATH`, {
      fix: "aura doctor says what is needed and where to get it",
    });
  }
  const output =
    options.outputFile === undefined ? pipedOutput(options) : await fileOutput(options.outputFile, options);
  try {
    options.signal?.throwIfAborted();
    const child = start(path, options, output.stdio);
    output.hear(child);
    const end = await ended(child, path, options);
    await output.end();
    return { ...end, ...output.texts() };
  } finally {
    await output.close();
  }
}

function start(path: string, options: CommandOptions, stdio: "pipe" | number): ChildProcess {
  const { args, cwd, env, input } = options;
  const child = spawn(path, [...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...env },
    // of its own, so that a Ctrl-C of the terminal does not reach it a second time
    detached: true,
    stdio: ["pipe", stdio, stdio],
  });
  // one that ends before it has read everything is judged by its exit status
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return child;
}

/** What it started may keep its pipes open for longer than it lives. */
const lingerMs = 1000;

function ended(
  child: ChildProcess,
  path: string,
  options: CommandOptions,
): Promise<Pick<CommandResult, "code" | "signal">> {
  const { signal, timeoutMs, onStart } = options;
  return new Promise((settled, reject) => {
    const tell = (name: NodeJS.Signals) => child.pid !== undefined && signalGroup(child.pid, name);
    const interrupt = () => tell("SIGINT");
    const timers: NodeJS.Timeout[] = timeoutMs === undefined ? [] : [setTimeout(() => tell("SIGKILL"), timeoutMs)];
    const release = () => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener("abort", interrupt);
    };
    signal?.addEventListener("abort", interrupt, { once: true });
    child.once("spawn", () => {
      const identity = child.pid === undefined ? undefined : identify(child.pid);
      if (identity !== undefined) onStart?.(identity);
    });
    child.once("error", (cause) => {
      release();
      reject(unrunnable(path, options, cause));
    });
    child.once("exit", () => {
      // its pid may be somebody else's from now on
      release();
      timers.push(setTimeout(() => hangUp(child), lingerMs));
    });
    child.once("close", (code, ending) => {
      release();
      settled({ code, signal: ending });
    });
  });
}

function hangUp({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

function unrunnable(path: string, { cwd }: CommandOptions, cause: unknown): Failure {
  return new Failure("TOOL_MISSING", `${path} cannot be run`, {
    why: messageOf(cause),
    ...(cwd !== undefined && { where: `in ${cwd}` }),
    cause,
  });
}

interface Output {
  readonly stdio: "pipe" | number;
  hear(child: ChildProcess): void;
  /** Waits for what is still on its way. */
  end(): Promise<void>;
  texts(): Pick<CommandResult, "stdout" | "stderr">;
  close(): Promise<void>;
}

function pipedOutput({ onLine }: CommandOptions): Output {
  const texts = { stdout: "", stderr: "" };
  const hear = (stream: Readable | null, name: "stdout" | "stderr") => {
    if (stream === null) return;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      texts[name] += `${line}\n`;
      onLine?.(line, name);
    });
  };
  return {
    stdio: "pipe",
    hear({ stdout, stderr }) {
      hear(stdout, "stdout");
      hear(stderr, "stderr");
    },
    end: async () => {},
    texts: () => texts,
    close: async () => {},
  };
}

async function fileOutput(path: string, { onLine }: CommandOptions): Promise<Output> {
  const file = await open(path, "a");
  const { size } = await file.stat();
  const tail = await tailFile({ path, from: size, onLine: (line) => onLine?.(line, "stdout") });
  let over: Promise<void> | undefined;
  const end = () => (over ??= tail.end());
  return {
    stdio: file.fd,
    hear: () => {},
    end,
    texts: () => ({ stdout: tail.text(), stderr: "" }),
    async close() {
      // what a listener threw has come out of `end` already, or something worse is on its way
      await end().catch(() => {});
      await file.close();
    },
  };
}

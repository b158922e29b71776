import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, type FileHandle, open } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { CommandOptions, CommandResult, Commands } from "./commands.ts";
import { Failure } from "./failure.ts";
import { identify, signalGroup } from "./processes.ts";

/** The programs of this machine. */
export const systemCommands: Commands = { find, run };

async function find(name: string, env: CommandOptions["env"]): Promise<string | undefined> {
  const candidates = isAbsolute(name)
    ? [name]
    : (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    const works = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (works) return candidate;
  }
  return undefined;
}

async function run(options: CommandOptions): Promise<CommandResult> {
  const path = await find(options.command, options.env);
  if (path === undefined) {
    throw new Failure("TOOL_MISSING", `${options.command} is not on PATH`, {
      fix: "aura doctor says what is needed and where to get it",
    });
  }
  options.signal?.throwIfAborted();
  const file = options.outputFile === undefined ? undefined : await open(options.outputFile, "a");
  try {
    return await ended(path, options, file);
  } finally {
    await file?.close();
  }
}

function ended(path: string, options: CommandOptions, file: FileHandle | undefined): Promise<CommandResult> {
  const { args, cwd, env, input, signal, timeoutMs, onLine, onStart } = options;
  const child = spawn(path, [...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...env },
    // of its own, so that a Ctrl-C of the terminal does not reach it a second time
    detached: true,
    stdio: ["pipe", file?.fd ?? "pipe", file?.fd ?? "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  const hear = (stream: Readable | null, name: "stdout" | "stderr") => {
    if (stream === null) return;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      texts[name] += `${line}\n`;
      onLine?.(line, name);
    });
  };
  hear(child.stdout, "stdout");
  hear(child.stderr, "stderr");
  // one that ends before it has read everything is judged by its exit status
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    const { pid } = child;
    const interrupt = () => pid !== undefined && signalGroup(pid, "SIGINT");
    const timer = timeoutMs && setTimeout(() => pid !== undefined && signalGroup(pid, "SIGKILL"), timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer || undefined);
      signal?.removeEventListener("abort", interrupt);
      act();
    };
    signal?.addEventListener("abort", interrupt, { once: true });
    child.once("spawn", () => {
      const identity = pid === undefined ? undefined : identify(pid);
      if (identity !== undefined) onStart?.(identity);
    });
    child.once("error", (cause) =>
      settle(() => reject(new Failure("TOOL_MISSING", `${path} cannot be run`, { cause }))),
    );
    child.once("close", (code, ending) => settle(() => resolve({ code, signal: ending, ...texts })));
  });
}

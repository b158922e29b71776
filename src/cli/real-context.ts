import { hostname } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import packageJson from "../../package.json" with { type: "json" };
import type { Clock } from "../kernel/clock.ts";
import { systemClock } from "../kernel/clocks.ts";
import { isCode } from "../kernel/files.ts";
import { seededRandom } from "../kernel/random.ts";
import { systemCommands } from "../kernel/system-commands.ts";
import { startInBackground } from "./background-process.ts";
import type { Context, StopSignal } from "./context.ts";
import type { Prompts } from "./init/prompts.ts";
import { serverProcesses } from "./targets/server-process.ts";

/** The world as it is: this process, its terminal, its clock. */
export function realContext(): Context {
  const clock = systemClock();
  for (const stream of [process.stdout, process.stderr]) outliveReader(stream);
  return {
    process,
    version: packageJson.version,
    cwd: process.cwd(),
    clock,
    random: seededRandom(clock.now() ^ (process.pid << 16)),
    host: hostname(),
    pid: process.pid,
    program: [process.execPath, fileURLToPath(new URL("main.js", import.meta.url))],
    args: process.argv.slice(2),
    commandLine: ["aura", ...process.argv.slice(2)].join(" "),
    onSignal: (handler) => onSignal(clock, handler),
    exit,
    confirm,
    prompts,
    servers: serverProcesses(clock),
    commands: systemCommands,
    background: startInBackground,
  };
}

/** A reader that goes away (`aura cycle | head`, a closed terminal) must not end a command that has things to destroy. */
function outliveReader(stream: NodeJS.WriteStream): void {
  stream.on("error", (error) => {
    if (!isCode(error, "EPIPE") && !isCode(error, "EIO")) throw error;
    stream.write = () => true;
  });
}

/** npm and npx pass on the Ctrl-C that the terminal has sent to all: two of one kind within this time are one. */
const echoMs = 250;

function onSignal(clock: Clock, handler: (signal: StopSignal) => void): () => void {
  const stops = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    let last = Number.NEGATIVE_INFINITY;
    const hear = () => {
      const echo = clock.now() - last < echoMs;
      last = clock.now();
      if (!echo) handler(signal);
    };
    process.on(signal, hear);
    return () => process.off(signal, hear);
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function exit(code: number): void {
  if (process.stderr.isTTY) process.stderr.write("\x1b[?25h");
  process.exit(code);
}

async function confirm(question: string, signal?: AbortSignal): Promise<boolean | undefined> {
  const { stdin, stderr } = process;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const terminal = createInterface({ input: stdin, output: stderr });
  let open = true;
  const hangUp = () => {
    if (!open) return;
    open = false;
    terminal.close();
  };
  // at the prompt the terminal is raw: Ctrl-C comes as a key, and is a signal all the same
  terminal.on("SIGINT", () => {
    process.emit("SIGINT");
    hangUp();
  });
  // a terminal that was closed fails in whatever is done to it, also later and in the middle of closing
  for (const source of [stdin, terminal]) source.on("error", hangUp);
  signal?.addEventListener("abort", hangUp);
  const answer = await new Promise<string | undefined>((resolve) => {
    terminal.once("close", () => resolve(undefined));
    terminal.question(`${question} [Y/n] `, resolve);
  });
  signal?.removeEventListener("abort", hangUp);
  hangUp();
  if (answer === undefined) stderr.write("\n");
  return answer === undefined ? undefined : !/^n/i.test(answer.trim());
}

async function prompts(): Promise<Prompts | undefined> {
  const { stdin, stderr } = process;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  return (await import("./init/clack-prompts.ts")).clackPrompts({ input: stdin, output: stderr });
}

import { hostname } from "node:os";
import { createInterface } from "node:readline/promises";

import packageJson from "../../package.json" with { type: "json" };
import { systemClock } from "../kernel/clocks.ts";
import { seededRandom } from "../kernel/random.ts";
import type { Context } from "./context.ts";
import { serverProcesses } from "./targets/server-process.ts";

/** The world as it is: this process, its terminal, its clock. */
export function realContext(): Context {
  const clock = systemClock();
  return {
    process,
    version: packageJson.version,
    cwd: process.cwd(),
    clock,
    random: seededRandom(clock.now() ^ (process.pid << 16)),
    host: hostname(),
    pid: process.pid,
    commandLine: ["aura", ...process.argv.slice(2)].join(" "),
    onSignal,
    confirm,
    servers: serverProcesses(clock),
  };
}

function onSignal(handler: (signal: "SIGINT" | "SIGTERM") => void): () => void {
  const interrupt = () => handler("SIGINT");
  const terminate = () => handler("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  return () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
  };
}

async function confirm(question: string, signal?: AbortSignal): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // at the prompt the terminal is raw: Ctrl-C comes as a key, and is a signal all the same
  terminal.on("SIGINT", () => process.emit("SIGINT"));
  try {
    const answer = await terminal.question(`${question} [Y/n] `, signal === undefined ? {} : { signal });
    return !/^n/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

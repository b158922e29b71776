import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";

import packageJson from "../../package.json" with { type: "json" };
import { systemClock } from "../kernel/clocks.ts";
import { makeFolder } from "../kernel/files.ts";
import { seededRandom } from "../kernel/random.ts";
import type { Context } from "./context.ts";

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
    launchServer,
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
  try {
    const answer = await terminal.question(`${question} [Y/n] `, signal === undefined ? {} : { signal });
    return !/^n/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** A session of its own: it neither dies with this terminal nor gets its Ctrl-C. */
async function launchServer(dataDir: string): Promise<void> {
  await makeFolder(dataDir);
  const log = openSync(join(dataDir, "server.log"), "a", 0o600);
  const program = fileURLToPath(new URL("main.js", import.meta.url));
  const server = spawn(process.execPath, [program, "rehearsal", "serve", "--data", dataDir], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  server.unref();
}

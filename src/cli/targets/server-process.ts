import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Clock } from "../../kernel/clock.ts";
import { makeFolder } from "../../kernel/files.ts";
import { isAlive, signalGroup } from "../../kernel/processes.ts";
import { waitUntil } from "../../lifecycle/wait.ts";
import { type ServerRecord, serverFiles } from "../../rehearsal/server-files.ts";

/** The processes of rehearsal servers, as the operating system has them. */
export interface ServerProcesses {
  /** Starts a server on a data folder and returns at once; it outlives this process. */
  launch(dataDir: string): Promise<void>;
  isAlive(record: ServerRecord): boolean;
  /** Asks it to end, and makes it if it does not. */
  end(record: ServerRecord, signal: AbortSignal): Promise<void>;
}

const stopTimeoutMs = 15_000;

export function serverProcesses(clock: Clock): ServerProcesses {
  return {
    launch,
    isAlive,
    async end(record, signal) {
      signalGroup(record.pid, "SIGTERM");
      const time = async () => clock.now();
      const gone = () => (isAlive(record) ? undefined : true);
      const wait = { what: "the server to end", timeoutMs: stopTimeoutMs, time, clock, signal, pauseMs: 20 };
      await waitUntil(wait, gone).catch((error: unknown) => {
        if (signal.aborted) throw error;
        signalGroup(record.pid, "SIGKILL");
      });
    },
  };
}

/** In a session of its own, so that it neither dies with this terminal nor gets its Ctrl-C. */
async function launch(dataDir: string): Promise<void> {
  await makeFolder(dataDir);
  const log = openSync(join(serverFiles(dataDir).log), "a", 0o600);
  const program = fileURLToPath(new URL("main.js", import.meta.url));
  const server = spawn(process.execPath, [program, "rehearsal", "serve", "--data", dataDir], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  server.unref();
}

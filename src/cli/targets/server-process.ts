import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { makeFolder, removeFile } from "../../kernel/files.ts";
import { identify, isAlive, type ProcessIdentity, signalGroup } from "../../kernel/processes.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";
import { serverFiles, writeLaunch } from "../../rehearsal/server-files.ts";

/** The processes of rehearsal servers, as the operating system has them. */
export interface ServerProcesses {
  /** Starts a server on a data folder and returns when the folder names it; it outlives this process. */
  launch(dataDir: string): Promise<void>;
  isAlive(server: ProcessIdentity): boolean;
  /** Asks it to end, and makes it if it does not; fails when it runs on all the same. */
  end(server: ProcessIdentity, signal: AbortSignal): Promise<void>;
}

const stopTimeoutMs = 15_000;
const killTimeoutMs = 5000;

export function serverProcesses(clock: Clock): ServerProcesses {
  return {
    launch,
    isAlive,
    async end(server, signal) {
      const time = async () => clock.now();
      const gone = () => (isAlive(server) ? undefined : true);
      const wait = { what: `the server ${server.pid} to end`, time, clock, signal, pauseMs: 20 };
      signalGroup(server.pid, "SIGTERM");
      await waitUntil({ ...wait, timeoutMs: stopTimeoutMs }, gone).catch((error: unknown) => {
        if (!isTimeout(error)) throw error;
        signalGroup(server.pid, "SIGKILL");
        return waitUntil({ ...wait, timeoutMs: killTimeoutMs }, gone);
      });
    },
  };
}

async function launch(dataDir: string): Promise<void> {
  const files = serverFiles(dataDir);
  await makeFolder(dataDir);
  // the new server must not take itself for one that a later launch replaced
  await removeFile(files.launch);
  const log = openSync(files.log, "a", 0o600);
  try {
    await spawnServer(dataDir, log);
  } catch (cause) {
    throw new Failure("CLUSTER_FAILED", "the process of the embedded cluster could not be started", {
      where: process.execPath,
      cause,
    });
  } finally {
    closeSync(log);
  }
}

/** In a session of its own, so that it neither dies with this terminal nor gets its Ctrl-C. */
async function spawnServer(dataDir: string, log: number): Promise<void> {
  const program = fileURLToPath(new URL("main.js", import.meta.url));
  const server = spawn(process.execPath, [program, "rehearsal", "serve", "--data", dataDir], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  const spawned = once(server, "spawn");
  server.unref();
  // before anything else: whoever destroys from now on must know whom to end
  const identity = server.pid === undefined ? undefined : identify(server.pid);
  if (identity !== undefined) await named(dataDir, identity);
  await spawned;
}

/** A server that the folder cannot name (a full disk) must not run. */
async function named(dataDir: string, identity: ProcessIdentity): Promise<void> {
  await writeLaunch(dataDir, identity).catch((error: unknown) => {
    signalGroup(identity.pid, "SIGKILL");
    throw error;
  });
}

import type { ObjectApi } from "../../cluster/api.ts";
import { connectCluster } from "../../cluster/connect.ts";
import { Failure } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import type { ProcessIdentity } from "../../kernel/processes.ts";
import { waitUntil } from "../../kernel/wait.ts";
import { reap } from "../../rehearsal/kubelet/reaper.ts";
import {
  readOptions,
  readRecord,
  readServers,
  type ServerOptions,
  type ServerRecord,
  serverFiles,
  writeOptions,
} from "../../rehearsal/server-files.ts";
import type { Context } from "../context.ts";

import { askServer } from "./server-client.ts";

const startTimeoutMs = 30_000;

/** Starts a server on a data folder and waits until it answers. Fails with CLUSTER_FAILED, and the end of its log. */
export async function startServer(
  context: Context,
  dataDir: string,
  options: ServerOptions,
  signal: AbortSignal,
): Promise<void> {
  await writeOptions(dataDir, options);
  await context.servers.launch(dataDir);
  const { clock } = context;
  const wait = { what: "the embedded cluster", timeoutMs: startTimeoutMs, clock, signal, pauseMs: 20 };
  try {
    await waitUntil({ ...wait, time: async () => clock.now() }, async () => {
      // not what a killed one left: the new server answers at the same address
      const record = await runningServer(context, dataDir);
      if (record !== undefined && (await isReady(record))) return true;
      if ((await liveServers(context, dataDir)).length === 0) throw new Error("its process ended");
      return undefined;
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Failure("CLUSTER_FAILED", "the embedded cluster did not start", {
      where: serverFiles(dataDir).log,
      problems: await logTail(dataDir),
      cause,
    });
  }
}

/** The last lines that a server logged. */
export async function logTail(dataDir: string): Promise<string[]> {
  return ((await readText(serverFiles(dataDir).log)) ?? "").trim().split("\n").slice(-10);
}

/**
 * Starts a server that was killed again: it goes on from what it kept. One that ended in good order, or never was, is left
 * alone. Fails with CLUSTER_UNREACHABLE when it does not start.
 */
export async function reviveServer(context: Context, dataDir: string): Promise<void> {
  const isDead = (await wasKilled(dataDir)) && (await liveServers(context, dataDir)).length === 0;
  const options = isDead ? await readOptions(dataDir) : undefined;
  if (options === undefined) return;
  await startServer(context, dataDir, options, new AbortController().signal).catch((cause: unknown) => {
    const problems = cause instanceof Failure ? (cause.details.problems ?? []) : [];
    throw new Failure("CLUSTER_UNREACHABLE", "the embedded cluster died, and does not start again", {
      where: serverFiles(dataDir).log,
      problems,
      cause,
    });
  });
}

/** Ends the server and every process it started, also those of one that crashed. */
export async function stopServer(context: Context, dataDir: string, signal: AbortSignal): Promise<void> {
  for (const server of await liveServers(context, dataDir)) await context.servers.end(server, signal);
  await reap(dataDir);
}

/** One that is not ready yet is a process all the same, and so is one whose `server.json` somebody deleted. */
export async function liveServers({ servers }: Context, dataDir: string): Promise<ProcessIdentity[]> {
  return (await readServers(dataDir)).filter((server) => servers.isAlive(server));
}

/** Whether a server that runs no more was killed: one that ends in good order takes back what it said of itself. */
export async function wasKilled(dataDir: string): Promise<boolean> {
  return (await readRecord(dataDir)) !== undefined;
}

/** What the server that runs says of itself; undefined when none does. */
export async function runningServer({ servers }: Context, dataDir: string): Promise<ServerRecord | undefined> {
  const record = await readRecord(dataDir);
  return record !== undefined && servers.isAlive(record) ? record : undefined;
}

export async function isReady(record: ServerRecord): Promise<boolean> {
  return (await askServer(record, "GET", "/aura/v1/clock")) !== undefined;
}

/** The cluster's time; undefined when nobody answers. */
export async function serverTime(dataDir: string): Promise<number | undefined> {
  const record = await readRecord(dataDir);
  return record && (await askServer<{ now: number }>(record, "GET", "/aura/v1/clock"))?.now;
}

/** Fails with CLUSTER_UNREACHABLE when no server runs; `fix` starts one. */
export async function connectServer(context: Context, dataDir: string, fix: string): Promise<ObjectApi> {
  if ((await runningServer(context, dataDir)) === undefined) {
    throw new Failure("CLUSTER_UNREACHABLE", "the embedded cluster does not run", { where: dataDir, fix });
  }
  return connectCluster(serverFiles(dataDir).kubeconfig);
}

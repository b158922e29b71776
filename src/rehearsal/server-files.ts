import { join } from "node:path";

import { readText, removeFile, writeAtomic } from "../kernel/files.ts";
import type { ProcessIdentity } from "../kernel/processes.ts";
import type { Pool, RehearsalSettings } from "../spec/environment.ts";
import type { Certificate } from "./wire/certificate.ts";

/** What a rehearsal's server is started with. */
export interface ServerOptions extends RehearsalSettings {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly pools: readonly Pool[];
  /** The server ends itself when the cluster gets this old; never when absent. */
  readonly ttlMs?: number;
  /** The port to listen on; absent = the one it had before, or any free one. */
  readonly port?: number;
  /** Made without the NodePools and EC2NodeClasses of its pools. */
  readonly empty?: boolean;
}

/** What clients know a server by. It is kept, so that a kubeconfig outlives a restart. */
export interface ServerIdentity extends Certificate {
  readonly token: string;
  readonly port: number;
}

/** What a running server says of itself. */
export interface ServerRecord extends ProcessIdentity {
  /** When this process was ready, by this machine's clock (RFC 3339). */
  readonly since: string;
  readonly url: string;
  readonly token: string;
  readonly certificatePem: string;
}

/** The files of a rehearsal's data folder. */
export function serverFiles(dataDir: string) {
  return {
    options: join(dataDir, "options.json"),
    /** Mode 0600: it holds the token. */
    record: join(dataDir, "server.json"),
    /** Who was launched, from its first moment on: `server.json` comes only when the server is ready. */
    launch: join(dataDir, "launch.json"),
    /** Mode 0600: token and private key. */
    identity: join(dataDir, "identity.json"),
    /** Held while a server has the folder open. */
    lock: join(dataDir, "server.lock"),
    kubeconfig: join(dataDir, "kubeconfig"),
    log: join(dataDir, "server.log"),
  };
}

export async function writeOptions(dataDir: string, options: ServerOptions): Promise<void> {
  await writeJson(serverFiles(dataDir).options, options);
}

export async function readOptions(dataDir: string): Promise<ServerOptions | undefined> {
  return readJson(serverFiles(dataDir).options);
}

export async function writeRecord(dataDir: string, record: ServerRecord): Promise<void> {
  await writeJson(serverFiles(dataDir).record, record);
}

export async function readRecord(dataDir: string): Promise<ServerRecord | undefined> {
  return readJson(serverFiles(dataDir).record);
}

/** Removes what a server said of itself: it ended in good order. One that was killed leaves it. */
export async function dropRecord(dataDir: string, pid: number): Promise<void> {
  if ((await readRecord(dataDir))?.pid === pid) await removeFile(serverFiles(dataDir).record);
}

export async function writeIdentity(dataDir: string, identity: ServerIdentity): Promise<void> {
  await writeJson(serverFiles(dataDir).identity, identity);
}

export async function readIdentity(dataDir: string): Promise<ServerIdentity | undefined> {
  return readJson(serverFiles(dataDir).identity);
}

export async function writeLaunch(dataDir: string, { pid, started }: ProcessIdentity): Promise<void> {
  await writeJson(serverFiles(dataDir).launch, { pid, started });
}

async function readLaunch(dataDir: string): Promise<ProcessIdentity | undefined> {
  return readJson(serverFiles(dataDir).launch);
}

/** Every server that the data folder knows of: one that is ready, and one that was launched. */
export async function readServers(dataDir: string): Promise<ProcessIdentity[]> {
  const record = await readRecord(dataDir);
  const launch = await readLaunch(dataDir);
  const same = record?.pid === launch?.pid && record?.started === launch?.started;
  return [record, same ? undefined : launch].filter((server) => server !== undefined);
}

/** Whether a server that starts is still wanted: nothing was destroyed meanwhile, and no other was launched. */
export async function isWanted(dataDir: string, pid: number): Promise<boolean> {
  if ((await readOptions(dataDir)) === undefined) return false;
  const launch = await readLaunch(dataDir);
  return launch === undefined || launch.pid === pid;
}

/** For nobody else to read. */
function writeJson(path: string, value: object): Promise<void> {
  return writeAtomic(path, JSON.stringify(value), 0o600);
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

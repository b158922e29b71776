import { join } from "node:path";

import { readText, writeAtomic } from "../kernel/files.ts";
import type { ProcessIdentity } from "../kernel/processes.ts";
import type { Pool, RehearsalSettings } from "../spec/environment.ts";

/** What a rehearsal's server is started with. */
export interface ServerOptions extends RehearsalSettings {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly pools: readonly Pool[];
  /** The server ends itself when the cluster gets this old. */
  readonly ttlMs: number;
}

/** What a running server says of itself. */
export interface ServerRecord extends ProcessIdentity {
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
    kubeconfig: join(dataDir, "kubeconfig"),
    log: join(dataDir, "server.log"),
  };
}

export async function writeOptions(dataDir: string, options: ServerOptions): Promise<void> {
  await writeAtomic(serverFiles(dataDir).options, JSON.stringify(options), 0o600);
}

export async function readOptions(dataDir: string): Promise<ServerOptions | undefined> {
  return readJson(serverFiles(dataDir).options);
}

export async function writeRecord(dataDir: string, record: ServerRecord): Promise<void> {
  await writeAtomic(serverFiles(dataDir).record, JSON.stringify(record), 0o600);
}

export async function readRecord(dataDir: string): Promise<ServerRecord | undefined> {
  return readJson(serverFiles(dataDir).record);
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

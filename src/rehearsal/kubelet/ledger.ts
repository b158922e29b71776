import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { namesIn, readKept } from "./kept-json.ts";

/** A process group that was started for a pod. */
export interface GroupRecord {
  readonly pid: number;
  readonly started: string;
  /** The machine's boot, which start times count from; empty where the system does not tell. */
  readonly boot: string;
  /** The value of AURA_RUN in its environment: how processes that left the group are known. */
  readonly mark?: string;
}

/** A container that was started for a pod. */
export interface ContainerRecord {
  /** What runs docker or podman, and the environment it needs for it. */
  readonly engine: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly name: string;
}

export type LedgerRecord = GroupRecord | ContainerRecord;

/**
 * Notes what was started, one file each below `<dataDir>/pids`, before it can do anything. Not fsynced: the file
 * outlives a killed server, and no process outlives a machine that goes down.
 * @returns a function that forgets it, to be called when none of it runs any more.
 */
export function record(dataDir: string, entry: LedgerRecord): () => void {
  const file = join(ledgerDirectory(dataDir), `${"pid" in entry ? entry.pid : entry.name}.json`);
  mkdirSync(ledgerDirectory(dataDir), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(entry), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** What was started and not forgotten. A file cut short belongs to a process that was never let go: it is passed over. */
export function readLedger(dataDir: string): { readonly entry: LedgerRecord; readonly forget: () => void }[] {
  const names = namesIn(ledgerDirectory(dataDir)).filter((name) => name.endsWith(".json"));
  return names.flatMap((name) => {
    const file = join(ledgerDirectory(dataDir), name);
    const entry = readKept<LedgerRecord>(file);
    return entry === undefined ? [] : { entry, forget: () => rmSync(file, { force: true }) };
  });
}

/** What tells one boot of this machine from another. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

function ledgerDirectory(dataDir: string): string {
  return join(dataDir, "pids");
}

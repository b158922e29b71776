import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { removeTree } from "../../kernel/files.ts";

/** What a state folder holds; numbers are generations, in order. */
export interface StateFiles {
  readonly snapshots: readonly number[];
  readonly logs: readonly number[];
}

const digits = 8;

/** The state of the rehearsal in a data folder. */
export function stateFolder(dataDir: string): string {
  return join(dataDir, "state");
}

/** A log holds what changed after the snapshot of its number (generation 0 has none: it begins with nothing). */
export function statePath(folder: string, kind: "log" | "snapshot", generation: number): string {
  return join(folder, `${String(generation).padStart(digits, "0")}.${kind}`);
}

/** Lists the folder, which is made when there is none; a snapshot that was never finished goes. */
export function listState(folder: string): StateFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const names = readdirSync(folder);
  for (const name of names) if (name.endsWith(".tmp")) rmSync(join(folder, name));
  const numbers = (kind: string) =>
    names.flatMap((name) =>
      name.length === digits + kind.length + 1 && name.endsWith(`.${kind}`) ? parseInt(name, 10) : [],
    );
  return { snapshots: numbers("snapshot").sort((a, b) => a - b), logs: numbers("log").sort((a, b) => a - b) };
}

/** Removes generations before this one. */
export function removeBefore(folder: string, generation: number): void {
  const { snapshots, logs } = listState(folder);
  for (const number of snapshots) if (number < generation) rmSync(statePath(folder, "snapshot", number));
  for (const number of logs) if (number < generation) rmSync(statePath(folder, "log", number));
}

/** Gives a damaged file, or a copy of its damaged end, a name under which nobody reads it as state. */
export function asidePath(path: string): string {
  return `${path}.torn`;
}

export function moveAside(path: string): void {
  renameSync(path, asidePath(path));
}

/** Makes names that were given or taken in a folder outlive a power loss. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Forgets all state: the next server on this folder begins with an empty cluster. To be called when none runs. */
export async function dropState(dataDir: string): Promise<void> {
  await removeTree(stateFolder(dataDir));
}

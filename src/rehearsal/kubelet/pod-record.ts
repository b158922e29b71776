import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Pod } from "../../cluster/objects.ts";
import { podDirectory } from "./pod-paths.ts";

/**
 * Keeps a pod's object beside its files. The cluster forgets pods of nodes that are gone; what they wrote, and whose it
 * is, is still to be found.
 */
export function writePodRecord(dataDir: string, pod: Pod): void {
  const directory = podDirectory(dataDir, pod);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "_pod.json");
  writeFileSync(`${path}.new`, JSON.stringify(pod), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Every pod that has files in the data folder. */
export function podRecords(dataDir: string): Pod[] {
  return folders(join(dataDir, "pods")).flatMap((uid) => readRecord(join(dataDir, "pods", uid, "_pod.json")));
}

function folders(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readRecord(path: string): Pod[] {
  try {
    return [JSON.parse(readFileSync(path, "utf8")) as Pod];
  } catch {
    // a pod that never got so far as to be started has none
    return [];
  }
}

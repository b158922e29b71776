import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Pod } from "../../cluster/objects.ts";
import { namesIn, readKept } from "./kept-json.ts";
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

/** Every pod that has files in the data folder and got so far as to be started. */
export function podRecords(dataDir: string): Pod[] {
  const folder = join(dataDir, "pods");
  return namesIn(folder).flatMap((uid) => readKept<Pod>(join(folder, uid, "_pod.json")) ?? []);
}

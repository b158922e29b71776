import { readFileSync, truncateSync, writeFileSync } from "node:fs";

import { Failure } from "../../kernel/failure.ts";
import type { Entry } from "../core/journal.ts";
import { decodeFrames } from "./frames.ts";
import { type PackedEntries, unpacker } from "./packed-entries.ts";
import { asidePath, listState, moveAside, type StateFiles, statePath } from "./state-files.ts";

/** The one that this program writes; it reads no later one. */
export const format = 1;

/** A frame of a log or a snapshot. Each file begins with one that has `format`, and so does what a restarted server appends; a whole snapshot ends with `end`. */
export interface Batch extends Partial<PackedEntries> {
  readonly format?: number;
  readonly end?: true;
  /** The cluster's time and this machine's, in milliseconds. */
  readonly now?: number;
  readonly real?: number;
}

export interface LoadedState {
  readonly entries: readonly Entry[];
  /** The latest times on record; undefined where nothing is. */
  readonly time: { readonly now: number; readonly real: number } | undefined;
  /** The generation to go on with, its intact log's length, and the one that a fallback needs. */
  readonly generation: number;
  readonly logBytes: number;
  readonly base: number;
  readonly snapshotBytes: number;
  /** What was damaged, and what that means; one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads a state folder: the latest whole snapshot, and all logs from its number on. What is damaged is kept aside as
 * `*.torn` and told in `problems`. Fails with FILE_INVALID where a later version of Aura wrote the state.
 */
export function loadState(folder: string): LoadedState {
  const files = listState(folder);
  const problems: string[] = [];
  const snapshot = loadSnapshot(folder, files, problems);
  const entries: Entry[] = [...snapshot.entries];
  let { time } = snapshot;
  let logBytes = 0;
  let generation = snapshot.number;
  let isTorn = false;
  for (const number of files.logs.filter((log) => log >= snapshot.number)) {
    const path = statePath(folder, "log", number);
    if (isTorn) {
      moveAside(path);
      problems.push(`the log ${path} follows what was cut: it was put aside as ${asidePath(path)}`);
      continue;
    }
    const log = loadLog(path, problems);
    for (const batch of log.batches) {
      for (const entry of batch.entries ?? []) entries.push(entry);
      time = timeOf(batch) ?? time;
    }
    logBytes = log.bytes;
    generation = number;
    isTorn = log.isTorn;
  }
  const { number: base, bytes: snapshotBytes } = snapshot;
  return { entries, time, generation, logBytes, base, snapshotBytes, problems };
}

interface LoadedSnapshot {
  readonly number: number;
  readonly bytes: number;
  readonly entries: readonly Entry[];
  readonly time: LoadedState["time"];
}

const none: LoadedSnapshot = { number: 0, bytes: 0, entries: [], time: undefined };

/** The latest that is whole. Where none is, the intact part of the latest, or nothing. */
function loadSnapshot(folder: string, { snapshots, logs }: StateFiles, problems: string[]): LoadedSnapshot {
  let rest: LoadedSnapshot | undefined;
  for (const number of [...snapshots].reverse()) {
    const path = statePath(folder, "snapshot", number);
    const { batches, file } = readBatches(path);
    const last = batches.at(-1);
    const loaded = {
      number,
      bytes: file.length,
      entries: batches.flatMap(({ entries = [] }) => entries),
      time: last && timeOf(last),
    };
    if (last?.end) return loaded;
    moveAside(path);
    problems.push(`the snapshot ${path} is damaged: it was put aside as ${asidePath(path)}`);
    rest ??= loaded;
  }
  // The logs go back to the beginning
  if ((logs[0] ?? 0) === 0 && (logs.length > 0 || rest === undefined)) return none;
  problems.push(
    `there is no whole snapshot to begin with: objects are lost that were not in the intact part (${rest?.entries.length ?? 0} entries) and did not change later`,
  );
  return rest ?? { ...none, number: logs[0] ?? 0 };
}

/** A damaged end is cut off and kept beside; what later logs say of what was before them is then not known. */
function loadLog(path: string, problems: string[]) {
  const { batches, file, goodBytes } = readBatches(path);
  const torn = file.length - goodBytes;
  if (torn > 0) {
    writeFileSync(asidePath(path), file.subarray(goodBytes), { mode: 0o600 });
    truncateSync(path, goodBytes);
    problems.push(
      `the log ${path} ended in ${torn} bytes that were torn or corrupt: they were cut, and kept as ${asidePath(path)}`,
    );
  }
  return { batches, bytes: goodBytes, isTorn: torn > 0 };
}

function readBatches(path: string): { batches: readonly Batch[]; file: Buffer; goodBytes: number } {
  const file = readFileSync(path);
  const { values, goodBytes } = decodeFrames(file);
  const batches = values as readonly Batch[];
  batches.forEach(unpacker());
  const version = batches[0]?.format ?? format;
  if (version > format) {
    throw new Failure("FILE_INVALID", `the state is of format ${version}, and this version reads up to ${format}`, {
      where: path,
      why: "a later version of aura wrote it",
      fix: "use that version, or begin anew: aura rehearsal reset",
    });
  }
  return { batches, file, goodBytes };
}

function timeOf({ now, real }: Batch): LoadedState["time"] {
  return now === undefined || real === undefined ? undefined : { now, real };
}

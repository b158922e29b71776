import { rmSync } from "node:fs";

import { ApiError } from "../../cluster/api.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { Entry } from "../core/journal.ts";
import type { LoadedState } from "./load-state.ts";
import { type LogFile, openLog, type Write } from "./log-file.ts";
import { writeSnapshot } from "./snapshot-writer.ts";
import { removeBefore, statePath, syncFolder } from "./state-files.ts";

export interface StateWriterOptions {
  readonly folder: string;
  readonly loaded: Omit<LoadedState, "entries" | "problems">;
  /** The cluster's time and this machine's, in milliseconds. */
  readonly time: () => { readonly now: number; readonly real: number };
  /** All there is, for a snapshot. */
  readonly contents: () => readonly Entry[];
  readonly log: (message: string) => void;
  readonly mostLogBytes: number;
  readonly write?: Write | undefined;
}

export interface StateWriter {
  append(entry: Entry): void;
  flush(): ApiError | undefined;
  /** To be called every second: has the disk take over what the system has, or tries to write again. */
  tick(): void;
  figures(): { readonly generation: number; readonly logBytes: number; readonly snapshotBytes: number };
  readOnly(): ApiError | undefined;
  close(): Promise<void>;
}

/** How far the cluster's time may run ahead of this machine's without a word on disk. */
const mostDriftMs = 1000;

/** Writes the log of a state folder, and a snapshot whenever the log has become longer than the last one. */
export function stateWriter({
  folder,
  loaded,
  time,
  contents,
  log,
  mostLogBytes,
  write,
}: StateWriterOptions): StateWriter {
  let { generation, base, snapshotBytes } = loaded;
  let file = openLog(statePath(folder, "log", generation), loaded.logBytes, write);
  syncFolder(folder);
  let pending: Entry[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let drift = loaded.time === undefined ? 0 : loaded.time.now - loaded.time.real;
  let snapshot: Promise<void> | undefined;
  let readOnly: ApiError | undefined;
  let closing = false;

  const flush = (): ApiError | undefined => {
    const { now, real } = time();
    const hasNews = pending.length > 0 || Math.abs(now - real - drift) > mostDriftMs;
    if (readOnly !== undefined || !hasNews) return readOnly;
    try {
      file.append({ now, real, entries: pending });
    } catch (error) {
      return fail(error);
    }
    drift = now - real;
    pending = [];
    if (!closing && file.bytes() > Math.max(mostLogBytes, snapshotBytes)) compact();
    return undefined;
  };

  const fail = (error: unknown): ApiError => {
    const why = `cannot write its state (${messageOf(error)})`;
    log(`the server ${why}: no write is taken in until it can`);
    const message = `the rehearsal ${why}: it is read-only until it can; what was just asked for may or may not last`;
    readOnly = new ApiError(500, "InternalError", message);
    return readOnly;
  };

  const compact = () => {
    snapshot ??= makeSnapshot()
      .catch((error: unknown) => readOnly ?? log(`no snapshot could be written, the log goes on: ${messageOf(error)}`))
      .then(() => {
        snapshot = undefined;
      });
  };

  /** What happens meanwhile goes to the next log; where the log fails, it waits until the snapshot is there. */
  const makeSnapshot = async () => {
    const next = generation + 1;
    const path = statePath(folder, "log", next);
    const nextFile = openLog(path, 0, write);
    const failing = readOnly !== undefined;
    const [entries, taken] = [contents(), time()];
    pending = [];
    if (!failing) goOnWith(nextFile, next);
    try {
      snapshotBytes = await writeSnapshot({ folder, path: statePath(folder, "snapshot", next) }, entries, taken);
    } catch (error) {
      if (failing) {
        nextFile.retire();
        rmSync(path, { force: true });
      }
      throw error;
    }
    if (failing) recover(nextFile, next);
    removeBefore(folder, base);
    base = next;
  };

  const goOnWith = (nextFile: LogFile, next: number) => {
    file.retire();
    [file, generation] = [nextFile, next];
  };

  const recover = (nextFile: LogFile, next: number) => {
    goOnWith(nextFile, next);
    readOnly = undefined;
    if (flush() === undefined) log("the server can write its state again");
  };

  return {
    append(entry) {
      pending.push(entry);
      scheduled ??= setImmediate(() => {
        scheduled = undefined;
        flush();
      });
    },
    flush,
    tick() {
      if (flush() === undefined) file.sync((error) => error && fail(error));
      else compact();
    },
    figures: () => ({ generation, logBytes: file.bytes(), snapshotBytes }),
    readOnly: () => readOnly,
    async close() {
      closing = true;
      clearImmediate(scheduled);
      flush();
      await snapshot;
      file.close();
    },
  };
}

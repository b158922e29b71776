import type { Clock } from "../../kernel/clock.ts";
import type { Entry, Journal } from "../core/journal.ts";
import { loadState } from "./load-state.ts";
import type { Write } from "./log-file.ts";
import { stateFolder } from "./state-files.ts";
import { stateWriter } from "./state-writer.ts";

export interface StorageOptions {
  readonly dataDir: string;
  /** This machine's clock. */
  readonly clock: Clock;
  /** Told of damage that was found, and of writing that fails or works again. */
  readonly log: (message: string) => void;
  /** A log that is longer than this and than the last snapshot makes the next one. Default 16 MiB. */
  readonly mostLogBytes?: number;
  /** In place of the system's, for tests. */
  readonly write?: Write;
}

/** How state is kept, for `status`. */
export interface StorageReport {
  readonly folder: string;
  /** What outlives what. */
  readonly policy: string;
  readonly generation: number;
  readonly logBytes: number;
  /** Of the latest snapshot; 0 where there is none yet. */
  readonly snapshotBytes: number;
  /** What was found damaged at the start. */
  readonly problems: readonly string[];
  /** Why nothing can be written; absent as long as it can. */
  readonly readOnly?: string;
}

/** The state of a rehearsal in its data folder. */
export interface Storage {
  /** When the cluster's time goes on: where it stood, and the time that has passed since on this machine. */
  readonly startMs: number;
  /** The cluster's time on the latest record; 0 where there is none. */
  readonly lastMs: number;
  /** Goes on keeping state, dated by the cluster's clock. */
  open(clock: Clock): OpenStorage;
}

export interface OpenStorage extends Journal {
  report(): StorageReport;
  /** Writes and syncs the rest; again, nothing happens. */
  close(): Promise<void>;
}

const policy =
  "A write is in the system's memory before it is answered: a killed server loses none. The disk has it within a second " +
  "(fdatasync), and at a snapshot and at a stop at once: a power loss may take the last second.";

const syncEveryMs = 1000;

/**
 * Reads what a data folder keeps, and goes on keeping it: changes as records in a log (length, CRC-32, JSON), one for
 * all that a turn of the event loop brought; snapshots when the log has grown, after which all but the last two
 * generations go. `policy` says what outlives what. When the system takes no record (a full disk), `flush` says why
 * until a new snapshot could be written, which is tried every second. What is damaged is cut, kept aside as `*.torn` and
 * told; a state of a later format fails with FILE_INVALID.
 */
export function openStorage({
  dataDir,
  clock: machine,
  log,
  mostLogBytes = 16 * 2 ** 20,
  write,
}: StorageOptions): Storage {
  const folder = stateFolder(dataDir);
  let { entries, ...loaded } = loadState(folder);
  for (const problem of loaded.problems) log(problem);
  const { now, real } = loaded.time ?? { now: machine.now(), real: machine.now() };
  return {
    lastMs: loaded.time?.now ?? 0,
    startMs: Math.max(now, now + machine.now() - real),
    open(clock) {
      const owners: (() => readonly Entry[])[] = [];
      const writer = stateWriter({
        folder,
        loaded,
        time: () => ({ now: Math.round(clock.now()), real: machine.now() }),
        contents: () => owners.flatMap((owner) => owner()),
        log,
        mostLogBytes,
        write,
      });
      let closed: Promise<void> | undefined;
      let cancel = () => {};
      const tick = () => {
        writer.tick();
        cancel = machine.schedule(syncEveryMs, tick, { background: true });
      };
      tick();
      return {
        restored(owns) {
          const owned = entries.filter(({ table }) => owns(table));
          entries = entries.filter(({ table }) => !owns(table));
          return owned;
        },
        append: writer.append,
        flush: writer.flush,
        contents: (owner) => void owners.push(owner),
        report() {
          const { problems } = loaded;
          const readOnly = writer.readOnly()?.message;
          return { folder, policy, ...writer.figures(), problems, ...(readOnly !== undefined && { readOnly }) };
        },
        close() {
          cancel();
          closed ??= writer.close();
          return closed;
        },
      };
    },
  };
}

import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";

import { type LogStream, lineSplitter, nanoTimestamp } from "./log-lines.ts";

/** When a log goes on in a new file, and how many of its files are kept: kubelet's defaults are 10 MiB and 5. */
export interface LogRotation {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export const defaultRotation: LogRotation = { maxBytes: 10 * 2 ** 20, maxFiles: 5 };

export interface LogWriter {
  /** Resolves when the file system has it: await it before reading on, and memory stays bounded. */
  write(stream: LogStream, chunk: Buffer): Promise<void>;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/** The `number`th file of one run of a container. */
export function segmentName(restart: number, number: number): string {
  return `${restart}.${String(number).padStart(6, "0")}.log`;
}

/** Writes one run's log to `directory` as numbered files; `changed` is called after each write and at the end. */
export function logWriter(options: {
  readonly directory: string;
  readonly restart: number;
  readonly now: () => number;
  readonly rotation: LogRotation;
  readonly changed: () => void;
}): LogWriter {
  const { directory, restart, now, rotation, changed } = options;
  const splitters = { stdout: lineSplitter("stdout"), stderr: lineSplitter("stderr") };
  let file: FileHandle | undefined;
  let number = -1;
  let size = 0;

  const rotate = async () => {
    await file?.close();
    // a disk that is full now may have room at the next write
    file = undefined;
    number += 1;
    size = 0;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    file = await open(join(directory, segmentName(restart, number)), "w", 0o600);
    const expired = number - rotation.maxFiles;
    if (expired >= 0) await unlink(join(directory, segmentName(restart, expired))).catch(() => {});
  };
  const append = async (records: Buffer[]) => {
    if (records.length === 0) return;
    if (file === undefined || size >= rotation.maxBytes) await rotate();
    const bytes = Buffer.concat(records);
    await file?.writeFile(bytes);
    size += bytes.length;
    changed();
  };
  const enqueue = oneAtATime();
  // a run that says nothing has a log too; a failure shows at the first write
  enqueue(rotate).catch(() => {});
  return {
    write: (stream, chunk) => enqueue(() => append(splitters[stream].push(chunk, nanoTimestamp(now())))),
    close: () =>
      enqueue(async () => {
        const time = nanoTimestamp(now());
        await append([...splitters.stdout.flush(time), ...splitters.stderr.flush(time)]);
        await file?.close();
        file = undefined;
        changed();
      }),
  };
}

/** The two streams share a file: their writes take turns. */
function oneAtATime(): (task: () => Promise<void>) => Promise<void> {
  let queue = Promise.resolve();
  return (task) => {
    const done = queue.then(task);
    queue = done.catch(() => {});
    return done;
  };
}

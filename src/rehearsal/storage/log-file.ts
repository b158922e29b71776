import { close, closeSync, fdatasync, fdatasyncSync, ftruncateSync, openSync, writeSync } from "node:fs";

import type { Entry } from "../core/journal.ts";
import { encodeFrame } from "./frames.ts";
import { format } from "./load-state.ts";
import { packer } from "./packed-entries.ts";

/** Writes a piece of a buffer at a place in a file, as `fs.writeSync`: gives how many bytes it wrote. */
export type Write = (fd: number, buffer: Buffer, offset: number, length: number, position: number) => number;

/** A log that is being written. */
export interface LogFile {
  bytes(): number;
  /** Hands a record to the system, all of it or (when it throws) nothing. */
  append(record: { readonly now: number; readonly real: number; readonly entries: readonly Entry[] }): void;
  /** Has the disk take over what was appended since the last time; calls back when it has. */
  sync(done: (error: Error | null) => void): void;
  /** Syncs and closes, at once or when there is time. */
  close(): void;
  retire(): void;
}

/** Goes on with a log after its first `bytes`, or begins one. */
export function openLog(path: string, bytes: number, put: Write = writeSync): LogFile {
  const fd = openSync(path, bytes === 0 ? "w" : "r+", 0o600);
  let size = bytes;
  let synced = bytes;
  const pack = packer();
  const write = (text: string) => {
    const frame = encodeFrame(text);
    try {
      for (let done = 0; done < frame.length; ) done += put(fd, frame, done, frame.length - done, size + done);
    } catch (error) {
      // what was written of it would be a torn tail
      ftruncateSync(fd, size);
      throw error;
    }
    size += frame.length;
  };
  try {
    write(JSON.stringify({ format }));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    bytes: () => size,
    append: ({ now, real, entries }) => write(`{"now":${now},"real":${real},${pack(entries)}}`),
    sync(done) {
      if (synced === size) return done(null);
      synced = size;
      fdatasync(fd, done);
    },
    close() {
      try {
        fdatasyncSync(fd);
      } finally {
        closeSync(fd);
      }
    },
    retire: () => fdatasync(fd, () => close(fd)),
  };
}

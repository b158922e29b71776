import { type EventEmitter, once } from "node:events";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";

import { type LogRecord, nanoTimestamp, recordParser } from "./log-lines.ts";
import type { LogRequest } from "./log-source.ts";
import { segmentName } from "./log-writer.ts";

/** A run whose log is still being written: emits `change` after each write and at its end. */
export interface OpenLog extends EventEmitter {
  /** Raised with each change. */
  version: number;
}

interface Segment {
  readonly number: number;
  readonly file: FileHandle;
}

interface Reading {
  readonly directory: string;
  readonly restart: number;
  readonly request: LogRequest;
  /** The log while it is being written. */
  readonly openLog: () => OpenLog | undefined;
}

const blockBytes = 64 * 1024;

/** The number of the latest run that has a log, or -1; `isOpen` knows runs that have written nothing yet. */
export async function lastRestart(directory: string, isOpen: (restart: number) => boolean): Promise<number> {
  const restarts = (await namesIn(directory)).map((name) => Number(name.split(".")[0]));
  const written = restarts.reduce((latest, restart) => Math.max(latest, restart), -1);
  return isOpen(written + 1) ? written + 1 : written;
}

/** One run's log as text: what is there and then, with `follow`, what comes until the run ends. */
export async function* readLog(reading: Reading): AsyncGenerator<string> {
  const { request } = reading;
  const segments = await openSegments(reading, 0);
  try {
    const skip =
      request.tailLines === undefined ? 0 : Math.max(0, (await countLines(reading, segments)) - request.tailLines);
    const write = renderer(request, skip);
    let left = request.limitBytes ?? Number.POSITIVE_INFINITY;
    for await (const records of recordsOf(reading, segments)) {
      const text = write(records);
      if (text.length === 0) continue;
      const cut = left === Number.POSITIVE_INFINITY ? text : Buffer.from(text).subarray(0, left).toString();
      left -= Buffer.byteLength(cut);
      yield cut;
      if (left <= 0) return;
    }
  } finally {
    await Promise.all(segments.map((segment) => segment.file.close()));
  }
}

/** Records in order; `segments` grows as the log goes on in new files. */
async function* recordsOf(reading: Reading, segments: Segment[]): AsyncGenerator<LogRecord[]> {
  const { request, openLog } = reading;
  let index = -1;
  let position = 0;
  let parse = recordParser();
  while (!request.signal?.aborted) {
    // both asked before reading: only then does an empty read mean the end of a file
    const log = request.follow === true ? openLog() : undefined;
    const version = log?.version;
    const block = await readBlock(segments[index]?.file, position);
    position += block.length;
    if (block.length > 0) yield parse(block);
    else if (index + 1 < segments.length) {
      index += 1;
      [position, parse] = [0, recordParser()];
    } else if (await addSegments(reading, segments)) continue;
    else if (log === undefined) return;
    else if (log.version === version) await once(log, "change", { signal: request.signal }).catch(() => {});
  }
}

/** Opens the files that came after the last one; whether there are any. */
async function addSegments(reading: Reading, segments: Segment[]): Promise<boolean> {
  if (reading.request.follow !== true) return false;
  const added = await openSegments(reading, (segments.at(-1)?.number ?? -1) + 1);
  segments.push(...added);
  return added.length > 0;
}

/** Opened all at once, so that rotation does not take away a file that is about to be read. */
async function openSegments({ directory, restart }: Reading, from: number): Promise<Segment[]> {
  const numbers = (await namesIn(directory))
    .map((name) => name.split("."))
    .filter(([run, number]) => Number(run) === restart && Number(number) >= from)
    .map(([, number]) => Number(number))
    .sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const number of numbers) {
    const file = await open(join(directory, segmentName(restart, number)), "r").catch(() => undefined);
    if (file !== undefined) segments.push({ number, file });
  }
  return segments;
}

async function namesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => /^\d+\.\d+\.log$/.test(name));
}

async function readBlock(file: FileHandle | undefined, position: number): Promise<Buffer> {
  if (file === undefined) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(blockBytes), 0, blockBytes, position);
  return buffer.subarray(0, bytesRead);
}

/** Lines of a container's output so far, however many parts they were stored in. */
async function countLines(reading: Reading, segments: Segment[]): Promise<number> {
  let lines = 0;
  let open = false;
  for await (const records of recordsOf({ ...reading, openLog: () => undefined }, segments)) {
    for (const { whole } of records) {
      if (whole) lines += 1;
      open = !whole;
    }
  }
  return lines + (open ? 1 : 0);
}

/** Makes the text of records, without the first `skip` lines. */
function renderer(request: LogRequest, skip: number): (records: readonly LogRecord[]) => string {
  const since = request.sinceMs === undefined ? "" : nanoTimestamp(request.sinceMs);
  let toSkip = skip;
  let atLineStart = true;
  const skips = (record: LogRecord) => {
    const skipped = toSkip > 0;
    if (skipped && record.whole) toSkip -= 1;
    return skipped || record.time < since;
  };
  const textOf = ({ time, whole, content }: LogRecord) => {
    const prefix = atLineStart && request.timestamps === true ? `${time} ` : "";
    atLineStart = whole;
    return `${prefix}${content.toString("utf8")}${whole ? "\n" : ""}`;
  };
  return (records) => records.map((record) => (skips(record) ? "" : textOf(record))).join("");
}

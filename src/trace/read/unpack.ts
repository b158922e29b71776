import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

import { Failure } from "../../kernel/failure.ts";

/** More than any public trace of jobs has, unpacked. */
const mostBytes = 4 * 2 ** 30;
const pieceBytes = 1 << 20;

/** The bytes, unpacked if they are gzip, in pieces: nothing is held whole, and nothing is read that nobody asks for. */
export async function* unpacked(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const pieces = source instanceof Uint8Array ? cut(source) : source[Symbol.asyncIterator]();
  const first = await beginning(pieces);
  refuseArchives(first, file);
  const whole = rejoined(first, pieces);
  let bytes = 0;
  for await (const piece of isGzip(first) ? gunzipped(whole, file) : whole) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge(file);
    yield piece;
  }
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
}

/** Enough to tell what it is. */
async function beginning(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array();
  while (first.length < 4) {
    const next = await pieces.next();
    if (next.done === true) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

async function* rejoined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  // an error of either ends the loop below, by destroying `gunzip`
  pipeline(packed, gunzip, () => {});
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("Z_")) throw broken(file, error);
    throw error;
  }
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** First bytes of what people have their traces in, and what unpacks it. */
const archives: readonly (readonly [number[], string, string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive or a spreadsheet", "unzip it"],
  [[0x28, 0xb5, 0x2f, 0xfd], "Zstandard", "zstd -d"],
  [[0x42, 0x5a, 0x68], "bzip2", "bunzip2 it"],
  [[0xfd, 0x37, 0x7a, 0x58], "xz", "xz -d"],
  [[0x50, 0x41, 0x52, 0x31], "Parquet", "write it as CSV"],
];

function refuseArchives(bytes: Uint8Array, file: string): void {
  const found = archives.find(([magic]) => magic.every((byte, index) => bytes[index] === byte));
  if (found === undefined) return;
  throw new Failure("FILE_INVALID", `${file} is ${found[1]}`, {
    where: file,
    why: "traces are read as plain text or gzip",
    fix: found[2],
  });
}

function broken(file: string, cause: Error): Failure {
  return new Failure("FILE_INVALID", `${file} cannot be unpacked: ${cause.message}`, {
    where: file,
    why: "it is cut off or damaged",
    fix: "fetch it again",
    cause,
  });
}

function tooLarge(file: string): Failure {
  return new Failure("FILE_INVALID", `${file} is larger than ${mostBytes / 2 ** 30} GiB unpacked`, {
    where: file,
    fix: "cut it by time or by whole users",
  });
}

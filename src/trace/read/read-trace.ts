import { createReadStream } from "node:fs";
import { basename } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { isCode } from "../../kernel/files.ts";
import { newTraceReader, type ReadOptions, type ReadTrace } from "./trace-reader.ts";
import { unpacked } from "./unpack.ts";

/** Reads a trace from text or bytes, plain or gzip, at once or in chunks; its format is recognised by its header. */
export async function readTrace(
  source: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<ReadTrace> {
  if (typeof source === "string") return parseTrace(source, options);
  const reader = newTraceReader(options);
  const decoder = new TextDecoder();
  for await (const bytes of unpacked(source, options.name)) reader.push(decoder.decode(bytes, { stream: true }));
  return reader.finish();
}

/** As `readTrace`, of text and at once. */
export function parseTrace(text: string, options: ReadOptions): ReadTrace {
  const reader = newTraceReader(options);
  reader.push(text);
  return reader.finish();
}

/** As `readTrace`, from a file; the trace is called like it unless told. */
export async function readTraceFile(path: string, options: Partial<ReadOptions> = {}): Promise<ReadTrace> {
  const name = basename(path);
  try {
    return await readTrace(createReadStream(path, { highWaterMark: 1 << 20 }), { name, ...options });
  } catch (error) {
    if (isCode(error, "ENOENT"))
      throw new Failure("FILE_NOT_FOUND", `there is no file ${path}`, {
        where: path,
        fix: "name a file of jobs or of request rates, CSV or JSON, .gz too",
      });
    if (isCode(error, "EISDIR")) throw new Failure("FILE_INVALID", `${path} is a folder`, { where: path });
    throw error;
  }
}

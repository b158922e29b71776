import { crc32 } from "node:zlib";

const headerBytes = 8;

/** A record as files hold it: the payload's length and CRC-32 (big endian, 4 bytes each), then JSON. */
export function encodeFrame(text: string): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + Buffer.byteLength(text));
  frame.write(text, headerBytes);
  frame.writeUInt32BE(frame.length - headerBytes, 0);
  frame.writeUInt32BE(crc32(frame.subarray(headerBytes)), 4);
  return frame;
}

export interface Frames {
  readonly values: readonly unknown[];
  /** Where the last intact frame ends; less than the file's length when something torn or corrupt follows. */
  readonly goodBytes: number;
}

/** Every frame up to the first that is not whole. */
export function decodeFrames(file: Buffer): Frames {
  const values: unknown[] = [];
  let at = 0;
  for (let payload = payloadAt(file, at); payload !== undefined; payload = payloadAt(file, at)) {
    values.push(JSON.parse(payload.toString()));
    at += headerBytes + payload.length;
  }
  return { values, goodBytes: at };
}

/** No payload is empty: zeros, as a file system leaves behind after a power loss, are none. */
function payloadAt(file: Buffer, at: number): Buffer | undefined {
  if (at + headerBytes > file.length) return undefined;
  const length = file.readUInt32BE(at);
  const payload = file.subarray(at + headerBytes, at + headerBytes + length);
  if (length === 0 || payload.length < length) return undefined;
  return crc32(payload) === file.readUInt32BE(at + 4) ? payload : undefined;
}

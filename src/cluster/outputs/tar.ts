/** An entry of an archive. `content` has to be read to its end before the next entry is asked for. */
export interface TarEntry {
  /** As it is in the archive: it may be anything. */
  readonly path: string;
  readonly type: "file" | "folder" | "symlink" | "hardlink" | "other";
  readonly bytes: number;
  /** What a link leads to. */
  readonly target: string;
  content(): AsyncGenerator<Buffer>;
}

const blockBytes = 512;
/** No path is longer: what says so is no archive of tar's. */
const mostNameBytes = 64 * 1024;

/**
 * The entries of a tar archive (POSIX ustar and pax, GNU long names), as it comes. Throws an Error for what is none, or
 * ends too early.
 */
export async function* tarEntries(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = byteReader(source);
  let named: Names = {};
  for (;;) {
    const block = await reader.exactly(blockBytes);
    if (block.every((byte) => byte === 0)) return;
    const header = headerOf(block);
    const padding = (blockBytes - (header.bytes % blockBytes)) % blockBytes;
    if (longNames.has(header.flag)) {
      if (header.bytes > mostNameBytes) throw new Error(`a name of ${header.bytes} bytes`);
      named = { ...named, ...namesIn(header.flag, await reader.exactly(header.bytes)) };
      await reader.exactly(padding);
      continue;
    }
    const { path = header.path, target = header.target } = named;
    named = {};
    let left = header.bytes;
    yield {
      path,
      target,
      type: types[header.flag] ?? "other",
      bytes: header.bytes,
      async *content() {
        for await (const piece of reader.pieces(left)) {
          left -= piece.length;
          yield piece;
        }
      },
    };
    for await (const piece of reader.pieces(left)) left -= piece.length;
    await reader.exactly(padding);
  }
}

const types: Readonly<Record<string, TarEntry["type"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "5": "folder",
};

/** `L` and `K` of GNU, `x` and `g` of POSIX say what the next entry is called. */
const longNames = new Set(["L", "K", "x", "g"]);

interface Names {
  readonly path?: string;
  readonly target?: string;
}

function namesIn(flag: string, content: Buffer): Names {
  if (flag === "L") return { path: textOf(content) };
  if (flag === "K") return { target: textOf(content) };
  if (flag === "g") return {};
  const records = new Map(
    content
      .toString("utf8")
      .split("\n")
      .flatMap((line) => {
        const [, key = "", value = ""] = /^\d+ ([^=]+)=(.*)$/.exec(line) ?? [];
        return key === "" ? [] : [[key, value] as const];
      }),
  );
  if (records.has("size")) throw new Error("a file of more than 8 GiB");
  const [path, target] = [records.get("path"), records.get("linkpath")];
  return { ...(path !== undefined && { path }), ...(target !== undefined && { target }) };
}

function headerOf(block: Buffer): { flag: string; path: string; target: string; bytes: number } {
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== octal(block.subarray(148, 156))) throw new Error("a header whose checksum is another");
  const name = textOf(block.subarray(0, 100));
  // GNU, with a space after `ustar`, keeps other things there
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? textOf(block.subarray(345, 500)) : "";
  return {
    flag: String.fromCharCode(block[156] ?? 0),
    path: prefix === "" ? name : `${prefix}/${name}`,
    target: textOf(block.subarray(157, 257)),
    bytes: octal(block.subarray(124, 136)),
  };
}

function octal(bytes: Buffer): number {
  const text = bytes
    .toString("latin1")
    .replace(/[\0 ]+$/g, "")
    .trim();
  if (!/^[0-7]+$/.test(text)) throw new Error(`a number that is none: ${JSON.stringify(text)}`);
  return Number.parseInt(text, 8);
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}

function byteReader(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  const take = (bytes: number) => {
    const taken = buffer.subarray(0, bytes);
    buffer = buffer.subarray(taken.length);
    return taken;
  };
  const more = async () => {
    const { done, value } = await iterator.next();
    if (done === true) throw new Error("the archive ends too early");
    buffer = buffer.length === 0 ? value : Buffer.concat([buffer, value]);
  };
  return {
    async exactly(bytes: number): Promise<Buffer> {
      while (buffer.length < bytes) await more();
      return take(bytes);
    },
    async *pieces(bytes: number): AsyncGenerator<Buffer> {
      for (let left = bytes; left > 0; ) {
        if (buffer.length === 0) await more();
        const piece = take(left);
        left -= piece.length;
        yield piece;
      }
    },
  };
}

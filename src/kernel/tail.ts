import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** A file that somebody else writes, read on as it grows. */
export interface Tail {
  /** Everything that was read so far. */
  text(): string;
  /** Reads what is still there, hands on a last line without an end too, and closes the file. */
  end(): Promise<void>;
}

export interface TailOptions {
  readonly path: string;
  /** Where to begin, in bytes. Default 0. */
  readonly from?: number;
  /** Hears each whole line. */
  readonly onLine: (line: string) => void;
}

/** Of this machine's time: somebody watches, and a look at a file costs next to nothing. */
const pauseMs = 100;

/** Follows a file. What `onLine` throws ends the following, and comes out of `end`. */
export async function tailFile({ path, from = 0, onLine }: TailOptions): Promise<Tail> {
  const file = await open(path, "r");
  const lines = lineBuffer(onLine);
  let at = from;
  let isOpen = true;
  const look = async () => {
    at = await readFrom(file, at, lines.add);
  };
  const following = (async () => {
    while (isOpen) {
      await look();
      if (isOpen) await pause(pauseMs);
    }
    await look();
    lines.end();
  })();
  // it is awaited at the end; until then nobody has to mind
  following.catch(() => {});
  return {
    text: lines.text,
    async end() {
      isOpen = false;
      await following.finally(() => file.close());
    },
  };
}

async function readFrom(file: FileHandle, from: number, add: (bytes: Uint8Array) => void): Promise<number> {
  const buffer = new Uint8Array(65_536);
  let at = from;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return at;
    at += bytesRead;
    add(buffer.subarray(0, bytesRead));
  }
}

/** Bytes in, lines out: a character or a line may come in pieces. */
function lineBuffer(onLine: (line: string) => void) {
  const decoder = new TextDecoder();
  let text = "";
  let rest = "";
  const take = (piece: string) => {
    text += piece;
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  return {
    text: () => text,
    add: (bytes: Uint8Array) => take(decoder.decode(bytes, { stream: true })),
    end() {
      take(decoder.decode());
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}

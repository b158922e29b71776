import { createHash } from "node:crypto";

import { frameWord, mostLogBytes } from "../../spec/outputs.ts";

/** What the log of the container beside a job says (see synth/kubernetes/prepare-job-scripts.ts). */
export interface FramedLog {
  /** Archives that came whole, by the number of their path, from 1 on. */
  readonly archives: ReadonlyMap<number, Buffer>;
  /** What is wrong, and with which path. */
  readonly problems: readonly { readonly path: number; readonly message: string }[];
  /** Whether the container said everything that it had to say. */
  readonly complete: boolean;
}

interface Open {
  readonly path: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly lines: string[];
  length: number;
}

/** Reads frames from a log that comes in pieces. Other lines, such as what tar complains of, are passed over. */
export async function readFrames(pieces: AsyncIterable<string>): Promise<FramedLog> {
  const archives = new Map<number, Buffer>();
  const problems: { path: number; message: string }[] = [];
  let open: Open | undefined;
  let complete = false;
  const close = (ended: boolean) => {
    if (open === undefined) return;
    const { path } = open;
    const archive = ended ? decoded(open) : "it ends in the middle";
    if (typeof archive === "string") problems.push({ path, message: `its archive came damaged: ${archive}` });
    else archives.set(path, archive);
    open = undefined;
  };
  for await (const line of linesOf(pieces)) {
    const [, verb, number, rest = ""] = frame.exec(line) ?? [];
    if (verb === undefined) {
      if (open !== undefined) add(open, line);
      continue;
    }
    const path = Number(number);
    if (verb === "problem") problems.push({ path, message: rest });
    if (verb === "complete") complete = true;
    close(verb === "end" && path === open?.path);
    if (verb === "begin") open = begun(path, rest);
  }
  close(false);
  return { archives, problems, complete };
}

const frame = new RegExp(`^${frameWord} (begin|end|problem|complete)(?: (\\d+))?(?: (.*))?$`);

function begun(path: number, text: string): Open {
  const [bytes, sha256 = ""] = text.split(" ");
  return { path, bytes: Number(bytes), sha256, lines: [], length: 0 };
}

/** Beyond what a log holds nothing is kept: no sidecar of ours wrote it. */
function add(open: Open, line: string): void {
  open.length += line.length;
  if (open.length <= mostLogBytes * 1.5) open.lines.push(line);
}

/** The bytes of a frame, or what is wrong with them. */
function decoded({ bytes, sha256, lines }: Open): Buffer | string {
  const text = lines.join("");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return "other text is in it";
  const archive = Buffer.from(text, "base64");
  if (archive.length !== bytes) return `${archive.length} of ${bytes} bytes are there`;
  const sum = createHash("sha256").update(archive).digest("hex");
  return sum === sha256 ? archive : "its checksum is another";
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

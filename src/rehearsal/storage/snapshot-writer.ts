import { renameSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { Entry } from "../core/journal.ts";
import { encodeFrame } from "./frames.ts";
import { format } from "./load-state.ts";
import { packer } from "./packed-entries.ts";
import { syncFolder } from "./state-files.ts";

/** So little that making a piece's text holds nobody up for longer than a few milliseconds. */
const entriesPerFrame = 200;

/**
 * Writes a snapshot whole or not at all, piece by piece between other work: temporary file, fsync, rename, fsync of the
 * folder. The entries must not change meanwhile. Gives its length in bytes.
 */
export async function writeSnapshot(
  { folder, path }: { readonly folder: string; readonly path: string },
  entries: readonly Entry[],
  time: { readonly now: number; readonly real: number },
): Promise<number> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    const bytes = await writeFrames(file, entries, time);
    await file.sync();
    await file.close();
    renameSync(temporary, path);
    syncFolder(folder);
    return bytes;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeFrames(file: FileHandle, entries: readonly Entry[], time: object): Promise<number> {
  const pack = packer();
  let bytes = 0;
  const write = async (text: string) => {
    const frame = encodeFrame(text);
    await file.writeFile(frame);
    bytes += frame.length;
  };
  await write(JSON.stringify({ format }));
  for (let at = 0; at < entries.length; at += entriesPerFrame) {
    await nextTurn();
    await write(`{${pack(entries.slice(at, at + entriesPerFrame))}}`);
  }
  await write(JSON.stringify({ end: true, ...time }));
  return bytes;
}

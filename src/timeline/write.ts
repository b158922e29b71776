import { open } from "node:fs/promises";
import { dirname } from "node:path";

import type { Clock } from "../kernel/clock.ts";
import { makeFolder, readText } from "../kernel/files.ts";
import type { Observation, TimelineEntry } from "./entries.ts";
import { isJson } from "./read.ts";

export interface TimelineWriterOptions {
  /** The file, made with its folder when it is not there; an existing one is continued. */
  readonly path: string;
  /** Dates the lines (`wall`): this machine's clock, not the cluster's. */
  readonly clock: Clock;
}

export interface TimelineWriter {
  /** Appends one line and returns what it says. Lines keep the order of the calls. */
  write(observation: Observation, at: number): Promise<TimelineEntry>;
  /** Waits until the disk has everything. Nothing is written afterwards. */
  close(): Promise<void>;
}

/**
 * Opens a timeline for appending. A line is handed to the system whole as soon as it is written, so that a crash of
 * this process loses none; the disk is waited for where a phase ends and at the end.
 */
export async function timelineWriter({ path, clock }: TimelineWriterOptions): Promise<TimelineWriter> {
  await makeFolder(dirname(path));
  const text = await readText(path);
  const file = await open(path, "a", 0o644);
  await mendTail(file, text ?? "");
  let tail: Promise<unknown> = Promise.resolve();

  return {
    write(observation, at) {
      const entry: TimelineEntry = { at, wall: clock.now(), ...observation };
      const written = tail.then(async () => {
        await file.appendFile(`${JSON.stringify(entry)}\n`);
        if (entry.type === "phase" && entry.state !== "started") await file.datasync();
      });
      // a failed write is told to its caller; the lines after it are still tried
      tail = written.catch(() => undefined);
      return written.then(() => entry);
    },
    async close() {
      await tail;
      await file.sync();
      await file.close();
    },
  };
}

/** A crash may have left half a line: the next one must not be glued to it. */
async function mendTail(file: Awaited<ReturnType<typeof open>>, text: string): Promise<void> {
  if (text === "" || text.endsWith("\n")) return;
  const torn = text.slice(text.lastIndexOf("\n") + 1);
  if (isJson(torn)) await file.appendFile("\n");
  else await file.truncate(Buffer.byteLength(text) - Buffer.byteLength(torn));
}

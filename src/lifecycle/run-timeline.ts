import { rename } from "node:fs/promises";
import { join } from "node:path";

import type { Clock } from "../kernel/clock.ts";
import { Failure, messageOf } from "../kernel/failure.ts";
import { readText } from "../kernel/files.ts";
import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import { parseTimeline } from "../timeline/read.ts";
import { type TimelineWriter, timelineWriter } from "../timeline/write.ts";

const timelineName = "timeline.jsonl";

/** The timeline of the open run: what was observed by earlier commands, and what this one adds. */
export interface RunTimeline {
  readonly entries: readonly TimelineEntry[];
  /** Never fails: a disk that is full must not keep an environment alive. What could not be written is told by `problem`. */
  write(observation: Observation, at: number): Promise<TimelineEntry>;
  /** The first write that failed, if one did. */
  problem(): Failure | undefined;
  close(): Promise<void>;
}

/** Another run's timeline is never overwritten: fails with USAGE when the folder has one. */
export async function refuseForeignReport(reportDir: string): Promise<void> {
  const found = await readText(join(reportDir, timelineName)).catch((cause: unknown) => {
    throw unwritable(reportDir, cause);
  });
  if (found === undefined) return;
  throw new Failure("USAGE", `${reportDir} holds the report of an earlier run`, {
    why: "a report is never overwritten",
    fix: `choose another folder with --report, or: rm -r ${reportDir}`,
  });
}

/**
 * Opens the timeline in a report's folder. One that cannot be read is moved aside and a new one begun: a report is worth
 * less than being able to destroy. Fails with USAGE when the folder cannot be written.
 */
export async function openRunTimeline(reportDir: string, clock: Clock): Promise<RunTimeline> {
  const path = join(reportDir, timelineName);
  const entries = (await readTimeline(reportDir)) ?? (await moveAside(path, clock));
  const writer = await timelineWriter({ path, clock }).catch((cause: unknown) => {
    throw unwritable(reportDir, cause);
  });
  return tolerant(writer, entries, reportDir, clock);
}

function tolerant(writer: TimelineWriter, entries: TimelineEntry[], reportDir: string, clock: Clock): RunTimeline {
  let problem: Failure | undefined;
  const note = (cause: unknown) => {
    problem ??= unwritable(reportDir, cause);
  };
  return {
    entries,
    async write(observation, at) {
      const entry = await writer.write(observation, at).catch((cause: unknown): TimelineEntry => {
        note(cause);
        return { at, wall: clock.now(), ...observation };
      });
      entries.push(entry);
      return entry;
    },
    problem: () => problem,
    close: () => writer.close().catch(note),
  };
}

/** What was observed so far: nothing yet is an empty list; undefined when the timeline cannot be read. */
export async function readTimeline(reportDir: string): Promise<TimelineEntry[] | undefined> {
  const path = join(reportDir, timelineName);
  const text = await readText(path).catch(() => undefined);
  try {
    return [...parseTimeline(text ?? "", path).entries];
  } catch {
    return undefined;
  }
}

async function moveAside(path: string, clock: Clock): Promise<TimelineEntry[]> {
  await rename(path, `${path}.broken-${clock.now()}`);
  return [];
}

function unwritable(reportDir: string, cause: unknown): Failure {
  return new Failure("USAGE", `cannot write the report: ${messageOf(cause)}`, {
    where: reportDir,
    why: "the timeline of a run is written while it runs",
    fix: "make room or choose another folder with --report",
    cause,
  });
}

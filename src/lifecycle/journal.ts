import { open } from "node:fs/promises";

import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { appendDurably, readText } from "../kernel/files.ts";
import type { TargetName } from "../kernel/vocabulary.ts";

/**
 * One line of the journal. An intent is written before the call that changes something, its outcome after it; an
 * intent without an outcome is a call whose end nobody saw.
 */
export type JournalEntry =
  | {
      readonly at: number;
      readonly type: "begin";
      readonly run: string;
      readonly target: TargetName;
      readonly reportDir: string;
      /** Of a run that another machine began, as the target tells it. */
      readonly adopted?: { readonly begunAt: number; readonly steps: readonly string[] };
    }
  | { readonly at: number; readonly type: "intent"; readonly action: Action; readonly step: string }
  | {
      readonly at: number;
      readonly type: "outcome";
      readonly action: Action;
      readonly step: string;
      readonly result: Result;
    }
  | { readonly at: number; readonly type: "destroy"; readonly run: string }
  | { readonly at: number; readonly type: "end"; readonly run: string };

export type Action = "ensure" | "undo";
export type Result = "done" | "unchanged" | "failed";

type Unstamped<T> = T extends unknown ? Omit<T, "at"> : never;

export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** Returns when the disk has the line. */
  append(entry: Unstamped<JournalEntry>): Promise<void>;
}

/** The run that began and has not ended, as the journal tells it. */
export interface OpenRun {
  readonly run: string;
  readonly target: TargetName;
  readonly reportDir: string;
  readonly begunAt: number;
  /** Steps that may exist: intended and not undone, in the order they were first intended. */
  readonly steps: readonly string[];
  /** Whether destroying has begun. */
  readonly destroying: boolean;
}

/**
 * Opens the journal of an environment, making it if there is none. A torn last line (a crash while writing) is cut
 * off; a line that does not parse before the last one fails with JOURNAL_CORRUPT.
 */
export async function openJournal(path: string, clock: Clock): Promise<Journal> {
  await cutTornLine(path);
  const entries = await readJournal(path);
  return {
    entries,
    async append(entry) {
      const stamped = { at: clock.now(), ...entry } as JournalEntry;
      await appendDurably(path, JSON.stringify(stamped));
      entries.push(stamped);
    },
  };
}

/** Reads a journal without touching it: somebody else may be writing. A torn last line is passed over. */
export async function readJournal(path: string): Promise<JournalEntry[]> {
  const text = (await readText(path)) ?? "";
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1)
    .map((line, index) => parseLine(line, path, index + 1));
}

async function cutTornLine(path: string): Promise<void> {
  const text = (await readText(path)) ?? "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
}

function parseLine(line: string, path: string, number: number): JournalEntry {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch (cause) {
    throw new Failure("JOURNAL_CORRUPT", `line ${number} of the journal is not JSON: ${line.slice(0, 60)}`, {
      where: `${path}:${number}`,
      why: "the file was changed by something other than aura, or the disk is failing",
      fix: `remove that line from ${path}, then run: aura down`,
      cause,
    });
  }
}

async function truncate(path: string, length: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.truncate(length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Folds the journal into the run that is still open, or undefined when the last one ended. */
export function openRun(entries: readonly JournalEntry[]): OpenRun | undefined {
  let run: OpenRun | undefined;
  for (const entry of entries) run = follow(run, entry);
  return run;
}

function follow(run: OpenRun | undefined, entry: JournalEntry): OpenRun | undefined {
  switch (entry.type) {
    case "begin":
      return {
        run: entry.run,
        target: entry.target,
        reportDir: entry.reportDir,
        begunAt: entry.adopted?.begunAt ?? entry.at,
        steps: entry.adopted?.steps ?? [],
        destroying: false,
      };
    case "intent":
      if (run === undefined || entry.action === "undo" || run.steps.includes(entry.step)) return run;
      return { ...run, steps: [...run.steps, entry.step] };
    case "outcome":
      if (run === undefined || entry.action === "ensure" || entry.result === "failed") return run;
      return { ...run, steps: run.steps.filter((step) => step !== entry.step) };
    case "destroy":
      return run && { ...run, destroying: true };
    case "end":
      return undefined;
  }
}

import { appendFile, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import { openJournal, openRun } from "../../src/lifecycle/journal.ts";

const newPath = async () => join(await mkdtemp(join(tmpdir(), "aura-journal-")), "journal.jsonl");
const begin = { type: "begin", run: "dev-1", target: "rehearsal", reportDir: "/r" } as const;
const intent = (action: "ensure" | "undo", step: string) => ({ type: "intent", action, step }) as const;
const outcome = (action: "ensure" | "undo", step: string, result: "done" | "failed" | "unchanged" = "done") =>
  ({ type: "outcome", action, step, result }) as const;

async function journalOf(...entries: Parameters<Awaited<ReturnType<typeof openJournal>>["append"]>[0][]) {
  const path = await newPath();
  const journal = await openJournal(path, manualClock(0));
  for (const entry of entries) await journal.append(entry);
  return { path, journal };
}

test("an empty journal has no open run", async () => {
  const { journal } = await journalOf();
  expect(openRun(journal.entries)).toBeUndefined();
});

test("a step counts from its intent on", async () => {
  const { journal } = await journalOf(begin, intent("ensure", "cluster"));
  expect(openRun(journal.entries)).toMatchObject({ run: "dev-1", steps: ["cluster"], destroying: false });
});

test("a failed ensure may still have made something", async () => {
  const { journal } = await journalOf(begin, intent("ensure", "a"), outcome("ensure", "a", "failed"));
  expect(openRun(journal.entries)?.steps).toEqual(["a"]);
});

test("an undone step counts no more", async () => {
  const { journal } = await journalOf(
    begin,
    intent("ensure", "a"),
    intent("ensure", "b"),
    intent("undo", "b"),
    outcome("undo", "b"),
  );
  expect(openRun(journal.entries)).toMatchObject({ steps: ["a"], destroying: false });
});

test("a failed undo keeps its step", async () => {
  const { journal } = await journalOf(
    begin,
    intent("ensure", "a"),
    intent("undo", "a"),
    outcome("undo", "a", "failed"),
  );
  expect(openRun(journal.entries)?.steps).toEqual(["a"]);
});

test("a destroy that began is remembered", async () => {
  const { journal } = await journalOf(begin, intent("ensure", "a"), { type: "destroy", run: "dev-1" });
  expect(openRun(journal.entries)).toMatchObject({ steps: ["a"], destroying: true });
});

test("an ended run is not open", async () => {
  const { journal } = await journalOf(begin, { type: "end", run: "dev-1" });
  expect(openRun(journal.entries)).toBeUndefined();
});

test("entries survive reopening", async () => {
  const { path, journal } = await journalOf(begin, intent("ensure", "a"));
  expect((await openJournal(path, manualClock(0))).entries).toEqual(journal.entries);
});

test("a torn last line is cut off the file", async () => {
  const { path } = await journalOf(begin);
  await appendFile(path, '{"at":1,"type":"int');
  const reopened = await openJournal(path, manualClock(0));
  await reopened.append(intent("ensure", "a"));
  expect(openRun(reopened.entries)?.steps).toEqual(["a"]);
  expect(
    (await readFile(path, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).type),
  ).toEqual(["begin", "intent"]);
});

test("a broken line in the middle is named", async () => {
  const { path } = await journalOf(begin);
  await appendFile(path, "rubbish\n");
  await expect(openJournal(path, manualClock(0))).rejects.toMatchObject({
    code: "JOURNAL_CORRUPT",
    message: "line 2 of the journal is not JSON: rubbish",
  });
});

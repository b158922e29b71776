import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import { ensureSteps, undoSteps, undoTogether } from "../../src/lifecycle/engine.ts";
import { openJournal } from "../../src/lifecycle/journal.ts";
import type { Step } from "../../src/lifecycle/step.ts";

/** A world of named things, and steps that make and unmake them. */
function world(...names: string[]) {
  const things = new Set<string>();
  const calls: string[] = [];
  const broken = new Set<string>();
  const act = (verb: string, name: string, change: () => void) => async () => {
    calls.push(`${verb} ${name}`);
    if (broken.has(`${verb} ${name}`)) throw new Error(`${verb} ${name} is broken`);
    change();
  };
  const steps: Step[] = names.map((name) => ({
    name,
    phase: "deploy",
    title: name,
    observe: async () => (things.has(name) ? "present" : "absent"),
    ensure: act("ensure", name, () => things.add(name)),
    undo: act("undo", name, () => things.delete(name)),
  }));
  return { things, calls, broken, steps };
}

async function context(signal = new AbortController().signal) {
  const path = join(await mkdtemp(join(tmpdir(), "aura-engine-")), "journal.jsonl");
  const seen: string[] = [];
  const journal = await openJournal(path, manualClock(0));
  return {
    journal,
    seen,
    signal,
    observe: async (observation: object) => {
      const { step, state } = observation as { step: string; state: string };
      seen.push(`${step} ${state}`);
    },
  };
}

test("steps are made in order and journaled around", async () => {
  const { steps, calls } = world("a", "b");
  const engine = await context();
  await ensureSteps(engine, steps);
  expect(calls).toEqual(["ensure a", "ensure b"]);
  expect(engine.journal.entries.map(({ type }) => type)).toEqual(["intent", "outcome", "intent", "outcome"]);
});

test("what is there is left alone", async () => {
  const { steps, calls, things } = world("a");
  things.add("a");
  const engine = await context();
  await ensureSteps(engine, steps);
  expect(calls).toEqual([]);
  expect(engine.seen).toEqual(["a started", "a unchanged"]);
});

test("making stops at the first failure", async () => {
  const { steps, calls, broken } = world("a", "b", "c");
  broken.add("ensure b");
  const engine = await context();
  await expect(ensureSteps(engine, steps)).rejects.toThrow("ensure b is broken");
  expect(calls).toEqual(["ensure a", "ensure b"]);
  expect(engine.journal.entries.at(-1)).toMatchObject({ type: "outcome", step: "b", result: "failed" });
});

test("undoing goes backwards and past failures", async () => {
  const { steps, things, broken } = world("a", "b", "c");
  for (const { name } of steps) things.add(name);
  broken.add("undo b");
  const errors = await undoSteps(await context(), steps, "destroy");
  expect([...things]).toEqual(["b"]);
  expect(errors.map(String)).toEqual(["Error: undo b is broken"]);
});

test("an aborted signal stops before the next step", async () => {
  const controller = new AbortController();
  const { steps, calls } = world("a");
  controller.abort(new Error("enough"));
  await expect(ensureSteps(await context(controller.signal), steps)).rejects.toThrow("enough");
  expect(calls).toEqual([]);
});

test("steps that do not depend are undone together", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `job ${index}`);
  const { steps, things, broken } = world(...names);
  for (const name of names) things.add(name);
  broken.add("undo job 3");
  let now = 0;
  let most = 0;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const counted = steps.map((step) => ({
    ...step,
    undo: async (signal: AbortSignal) => {
      now += 1;
      most = Math.max(most, now);
      if (now === 4) open();
      await gate;
      now -= 1;
      await step.undo(signal);
    },
  }));
  const together = { clock: manualClock(0), atOnce: 4, timeoutMs: 1000 };
  const errors = await undoTogether(await context(), counted, "collect", together);
  expect(errors.map(String)).toEqual(["Error: undo job 3 is broken"]);
  expect([...things]).toEqual(["job 3"]);
  expect(most).toBe(4);
});

test("together they have one time that is told", async () => {
  const { steps, things } = world("a", "b", "c");
  for (const name of ["a", "b", "c"]) things.add(name);
  const clock = manualClock(0);
  const hanging = steps.map((step) =>
    step.name === "a"
      ? step
      : {
          ...step,
          undo: (signal: AbortSignal) =>
            new Promise<void>((_, reject) => {
              if (signal.aborted) reject(signal.reason);
              signal.addEventListener("abort", () => reject(signal.reason));
            }),
        },
  );
  const engine = await context();
  const done = undoTogether(engine, hanging, "destroy", { clock, atOnce: 2, timeoutMs: 60_000 });
  while (!engine.seen.includes("a succeeded")) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(60_000);
  expect((await done).map(String)).toEqual([expect.stringContaining("not removed within 1 min 00 s: b, c")]);
  expect([...things]).toEqual(["b", "c"]);
});

import { expect, test } from "vitest";

import { crashAndDestroy, crashAndResume } from "./crash-cases.ts";

// a sample of the journal's lines; `npm run test:crash` tries every one
test.each([1, 5, 9, 17])("a kill after line %i leaves nothing", async (line) => {
  expect(await crashAndDestroy(line)).toEqual({ killed: true, code: 0, processes: [], state: ["journal.jsonl"] });
});

test.each([2, 12])("a cycle killed after line %i resumes", async (line) => {
  expect(await crashAndResume(line)).toEqual({
    killed: true,
    code: 0,
    ok: true,
    answers: ["42\n"],
    processes: [],
    state: ["journal.jsonl"],
  });
});

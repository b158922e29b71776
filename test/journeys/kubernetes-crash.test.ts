import { expect, test } from "vitest";

import { crashInCluster } from "./kubernetes-crash-cases.ts";

const clean = { killed: true, code: 0, own: [], changed: [] };

// a sample of the journal's lines; `npm run test:crash` tries every one
test.each([2, 9, 13])("a kill after line %i leaves nothing", { timeout: 90_000 }, async (line) => {
  expect(await crashInCluster(line, ["down", "--yes"])).toEqual(clean);
});

test.each([4, 11])("a cycle killed after line %i resumes", { timeout: 90_000 }, async (line) => {
  expect(await crashInCluster(line, ["cycle"])).toEqual(clean);
});

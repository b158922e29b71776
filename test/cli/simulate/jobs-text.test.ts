import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { jobsText } from "../../../src/cli/simulate/jobs-text.ts";
import { writeAtomic } from "../../../src/kernel/files.ts";
import { row, sampleResults } from "../../report/simulation/sample-results.ts";

const folder = join(import.meta.dirname, "../../golden/simulate");

// UPDATE_GOLDEN=1 writes the files anew: read the difference before committing it
test.each([80, 140])("the tables are as the golden ones at %i columns", async (width) => {
  const text = `${jobsText(sampleResults, width)}\n`;
  const path = join(folder, `table-${width}.txt`);
  if (process.env["UPDATE_GOLDEN"] === "1") await writeAtomic(path, text);
  expect(text).toBe(await readFile(path, "utf8"));
});

test.each([60, 80, 100, 140, 200])("no row of a table is wider than %i", (width) => {
  const tables = jobsText(sampleResults, width)
    .split("\n\n")
    .filter((part) => /POLICY|TENANT/.test(part));
  const rows = tables.flatMap((part) => part.split("\n"));
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter((line) => line.length > Math.max(width, 80))).toEqual([]);
});

test("columns that tell nothing apart are left out", () => {
  expect(jobsText(sampleResults, 200)).not.toMatch(/DONE|LOST/);
  const policies = [row({ completed: 12_770, interruptions: 4 })];
  expect(jobsText({ ...sampleResults, policies }, 200)).toMatch(/DONE +LOST/);
});

test("a ratio that does not exist is a dash", () => {
  const policies = [row({ ratioToOptimum: null, ratioOfGaps: null })];
  expect(jobsText({ ...sampleResults, policies }, 140)).toMatch(/> {2}aura +- +- /);
});

test("names of tenants cannot write to the terminal", () => {
  const tenants = sampleResults.tenants.map((each) => ({ ...each, tenant: "\u001b[2Ju12" }));
  expect(jobsText({ ...sampleResults, tenants }, 140)).not.toContain("\u001b");
});

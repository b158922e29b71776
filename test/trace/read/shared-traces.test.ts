import { expect, test } from "vitest";

import { readTraceFile } from "../../../src/trace/read/read-trace.ts";
import { sharedTrace } from "../shared-traces.ts";

// rows and kinds as the README of the traces tells
const files: readonly (readonly [string, string, number])[] = [
  ["philly_10d.csv.gz", "jobs", 14_214],
  ["philly_pass_12w.csv.gz", "jobs", 82_178],
  ["alibaba_openb2023.csv.gz", "jobs", 7190],
  ["alibaba_openb2023_nodes.csv.gz", "nodes", 1523],
  ["azure_llm_1h.csv.gz", "rates", 28_185],
  ["servegen_rates.csv.gz", "rates", 5],
  ["servegen_clients.csv.gz", "rates", 116],
];

for (const [file, kind, amount] of files) {
  const path = sharedTrace(file);
  test.skipIf(path === undefined)(`${file} is read without loss`, async () => {
    const read = await readTraceFile(path ?? "");
    expect([read.kind, read.rejected.count]).toEqual([kind, 0]);
    if (read.kind === "jobs") expect(read.trace.jobs.count).toBe(amount);
    if (read.kind === "nodes") expect(read.nodes.reduce((sum, { count }) => sum + count, 0)).toBe(amount);
    if (read.kind === "rates" && file.startsWith("servegen")) expect(read.trace.series).toHaveLength(amount);
    if (read.kind === "rates" && file.startsWith("azure")) {
      const { series, stepSeconds } = read.trace;
      const binned = series
        .flatMap(({ perSecond }) => [...perSecond])
        .reduce((sum, rate) => sum + rate * stepSeconds, 0);
      const [left] = read.notes.flatMap((note) => note.match(/\d+/g) ?? []);
      expect(Math.round(binned) + Number(left)).toBe(amount);
    }
  });
}

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { Failure } from "../../../src/kernel/failure.ts";
import { generateTrace } from "../../../src/trace/demand/generate-trace.ts";
import { parseTrace, readTrace } from "../../../src/trace/read/read-trace.ts";
import { writeTrace } from "../../../src/trace/write-trace.ts";

const lines = writeTrace(generateTrace({ seed: 21, users: 3, days: 4 }))
  .split("\n")
  .slice(0, 40);
const nasty = fc.constantFrom(
  "NaN",
  "-1",
  "Infinity",
  "1e9",
  "1e999",
  "",
  '"',
  '"a"b',
  "\0",
  "é,",
  "0x10",
  "null",
  "ä\r",
);

test("every row is taken or counted, whatever is in it", () => {
  const slip = fc.record({ line: fc.integer({ min: 1, max: 39 }), cell: fc.integer({ min: 0, max: 12 }), text: nasty });
  fc.assert(
    fc.property(fc.array(slip, { maxLength: 30 }), (slips) => {
      const rows = lines.map((line) => line.split(","));
      for (const { line, cell, text } of slips) {
        const row = rows[line];
        if (row !== undefined) row[cell] = text;
      }
      const read = parseTrace(rows.map((row) => row.join(",")).join("\n"), { name: "t" });
      if (read.kind !== "jobs") throw new Error(read.kind);
      expect(read.trace.jobs.count + read.rejected.count).toBe(39);
      expect(read.rejected.causes.reduce((sum, { count }) => sum + count, 0)).toBe(read.rejected.count);
      const { submitSeconds, durationSeconds, gpus } = read.trace.jobs;
      for (const column of [submitSeconds, durationSeconds, gpus])
        expect(column.every((v) => v >= 0 && v < 4e9)).toBe(true);
    }),
    { seed: 5, numRuns: 150 },
  );
});

test("pieces of any size read like the whole", async () => {
  const bytes = Buffer.from(`${lines.join("\r\n")}\r\n1,2,3,,,,Ünàl 🦉,,,,,,`);
  const whole = await readTrace(bytes, { name: "t" });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      async function* pieces() {
        for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          yield bytes.subarray(at, at + size);
          at += size;
        }
      }
      expect(await readTrace(pieces(), { name: "t" })).toEqual(whole);
    }),
    { seed: 6, numRuns: 50 },
  );
});

test("rubbish ends in a Failure, not in a crash", async () => {
  const rubbish = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 100 }).map((tail) => Uint8Array.from([0x1f, 0x8b, ...tail])),
    fc.json().map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(`submit_s,duration_s,gpus\n${text}`)),
  );
  await fc.assert(
    fc.asyncProperty(rubbish, async (bytes) => {
      try {
        const read = await readTrace(bytes, { name: "t" });
        expect(read.format).not.toBe("");
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        expect(error.code).toBe("FILE_INVALID");
      }
    }),
    { seed: 7, numRuns: 500 },
  );
});

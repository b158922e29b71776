import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { readTrace, readTraceFile } from "../../../src/trace/read/read-trace.ts";
import { failureOf } from "./failing.ts";

const head = "submit_s,duration_s,gpus";
const read = (source: string | Uint8Array | AsyncIterable<Uint8Array>) => readTrace(source, { name: "t.csv" });
const bytes = (text: string) => Buffer.from(text);

test.each([
  ["an empty file", ""],
  ["only line ends", "\n\r\n\n"],
  ["only a header", `${head}\n`],
  ["an empty list", "[]"],
])("nothing is to be read in %s", async (_, text) => {
  const failure = await failureOf(() => read(text));
  expect([failure.code, failure.message]).toEqual(["FILE_INVALID", "t.csv has no rows"]);
  expect((await failureOf(() => read(bytes(text)))).message).toBe("t.csv has no rows");
});

test("nothing but bad rows is a failure that names them", async () => {
  const failure = await failureOf(() => read(`${head}\nx,1,1\n1,y,1\nz,1,1\n`));
  expect(failure.message).toBe("t.csv has no row that can be used");
  expect(failure.details.problems).toEqual([
    "line 2 submit_s is not a number (2 of them)",
    "line 3 duration_s is not a number (1 of them)",
  ]);
});

test("an unknown header names what is known", async () => {
  const failure = await failureOf(() => read("submit,duration_s,gpu\n1,2,3\n"));
  expect(failure.details.fix).toBe("did you mean submit → submit_s, gpu → gpus?");
  expect(failure.details.why).toBe("it comes nearest to Aura job CSV, but lacks submit_s, gpus");
  expect(failure.details.problems).toHaveLength(12);
});

test.each([
  ["submit_s;duration_s;gpus\n1;2;3\n", "its columns are not separated by commas"],
  ["0,50,1\n1,50,1\n", "its first line is not a header"],
  ["<html>\n", "formats are recognised by their columns, and it has none of them"],
])("why a header is strange is told: %s", async (text, why) => {
  expect((await failureOf(() => read(text))).details.why).toBe(why);
});

test("a column that comes twice is refused", async () => {
  expect((await failureOf(() => read(`${head},gpus\n1,2,3,4\n`))).message).toBe("column gpus comes twice in t.csv");
});

/** 200 MB, of which only what is asked for is made. */
async function* endless(made: { bytes: number }) {
  const piece = Buffer.alloc(1 << 20, "7");
  for (; made.bytes < 200e6; made.bytes += piece.length) yield piece;
}

test("a line of 200 MB ends the reading early", async () => {
  const made = { bytes: 0 };
  const failure = await failureOf(() => read(endless(made)));
  expect(failure.message).toBe("line 1 of t.csv is longer than 256 KiB");
  expect(made.bytes).toBeLessThan(4e6);
  const inRow = await failureOf(() => read(bytes(`${head}\n1,2,3\n${"8".repeat(1 << 19)}`)));
  expect(inRow.message).toBe("line 3 of t.csv is longer than 256 KiB");
});

test("a gzip bomb ends the reading early", async () => {
  const started = process.memoryUsage.rss();
  const failure = await failureOf(() => read(gzipSync(Buffer.alloc(256 << 20))));
  expect(failure.message).toContain("longer than 256 KiB");
  const blank = gzipSync(bytes(`${head}\n${"\n".repeat(2_000_000)}`));
  expect((await failureOf(() => read(blank))).details.problems).toEqual(["line 2 is blank (100000 of them)"]);
  expect(process.memoryUsage.rss() - started).toBeLessThan(700e6);
});

test("a job without end in JSON is refused", async () => {
  expect((await failureOf(() => read(`[{"a": "${"x".repeat(5 << 20)}`))).message).toContain("longer than 4 MiB");
  expect((await failureOf(() => read('[{"a": "x'))).message).toBe("t.csv ends within the job that starts in line 1");
});

test("JSON nested beyond sense is refused", async () => {
  const failure = await failureOf(() => read(`[{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}]`));
  expect(failure.message).toBe("t.csv has no row that can be used");
});

test("gzip in any pieces reads like text", async () => {
  const text = `${head},user\n1,2,3,Ünal\n4,5,6,Ünal\n`;
  const plain = await read(text);
  const packed = gzipSync(bytes(text));
  async function* pieces(source: Uint8Array) {
    for (const byte of source) yield Uint8Array.of(byte);
  }
  expect(await read(packed)).toEqual(plain);
  expect(await read(pieces(bytes(text)))).toEqual(plain);
  // the first piece tells the kind: two bytes at least
  expect(await read(pieces(packed))).toEqual(plain);
});

test("what is cut off, packed or binary is told", async () => {
  const packed = gzipSync(bytes(`${head}\n${"1,2,3\n".repeat(1000)}`));
  expect((await failureOf(() => read(packed.subarray(0, 60)))).message).toContain("cannot be unpacked");
  expect((await failureOf(() => read(Buffer.from([0x50, 0x4b, 3, 4, 0])))).message).toBe(
    "t.csv is a zip archive or a spreadsheet",
  );
  expect((await failureOf(() => read(Buffer.from(head, "utf16le")))).message).toBe("t.csv is not text");
});

test("a file is read by its path", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aura-trace-"));
  try {
    await writeFile(join(folder, "a.csv.gz"), gzipSync(bytes(`${head}\n1,2,3\n`)));
    expect((await readTraceFile(join(folder, "a.csv.gz"))).kind).toBe("jobs");
    expect((await failureOf(() => readTraceFile(join(folder, "b.csv")))).code).toBe("FILE_NOT_FOUND");
    expect((await failureOf(() => readTraceFile(folder))).message).toContain("is a folder");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("many series far apart in time are refused before memory is", async () => {
  const services = Array.from({ length: 60 }, (_, index) => `${index * 7},s${index}`);
  const requests = ["arrival_s,service", ...services, "20000000,late"].join("\n");
  expect((await failureOf(() => read(requests))).details.why).toMatch(/all services together at most ten million/);
  const clients = Array.from({ length: 60 }, (_, index) => `${index},m,c${index},1`);
  const rates = ["t_s,model,client,rps", ...clients, "900000,m,late,1"].join("\n");
  expect((await failureOf(() => read(rates))).message).toMatch(/need 900001 bins of 1 s$/);
});

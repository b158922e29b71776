import { expect, test } from "vitest";

import { parseTrace } from "../../../src/trace/read/read-trace.ts";

const header = "submit_s,duration_s,gpus,gpu_type,cpus,mem_gib,user,group,util,status,nodes,wait_s,warm";

function read(...rows: string[]) {
  const result = parseTrace([header, ...rows].join("\n"), { name: "t" });
  if (result.kind !== "jobs") throw new Error(result.kind);
  return result;
}

test("every column of a job is read", () => {
  const { trace, rejected, format } = read("0,50,16,A100|H100,96,512.5,ada,vision,80,pass,2,7,1");
  expect(format).toBe("Aura job CSV");
  expect(rejected).toEqual({ count: 0, causes: [] });
  expect(trace.gpuTypes).toEqual([["A100", "H100"]]);
  expect([trace.users, trace.groups, trace.spanSeconds]).toEqual([["ada"], ["vision"], 50]);
  const job = Object.fromEntries(Object.entries(trace.jobs).map(([key, column]) => [key, column[0] ?? column]));
  expect(job).toEqual({
    count: 1,
    submitSeconds: 0,
    durationSeconds: 50,
    gpus: 16,
    cpus: 96,
    memoryGib: 512.5,
    user: 0,
    group: 0,
    gpuType: 0,
    nodes: 2,
    status: 1,
    warm: 1,
    utilization: 80,
  });
});

test("empty cells are not recorded, never zero", () => {
  const { jobs, users } = read("5,50,1,,,,,,,,,,").trace;
  expect([jobs.cpus[0], jobs.memoryGib[0], jobs.utilization[0]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect([jobs.user[0], jobs.group[0], jobs.gpuType[0], jobs.nodes[0], jobs.status[0], jobs.warm[0]]).toEqual([
    -1, -1, -1, 1, 0, 0,
  ]);
  expect(users).toEqual([]);
});

const bad: readonly (readonly [string, string])[] = [
  ["NaN,50,1,,,,,,,,,,", "submit_s is not a number"],
  ["-5,50,1,,,,,,,,,,", "submit_s is negative"],
  ["Infinity,50,1,,,,,,,,,,", "submit_s is infinite"],
  [",50,1,,,,,,,,,,", "submit_s is not recorded"],
  ["5,,1,,,,,,,,,,", "duration_s is not recorded"],
  ["5,N/A,1,,,,,,,,,,", "duration_s is not recorded"],
  ["5,1e300,1,,,,,,,,,,", "duration_s is above 3200000000"],
  ["5,50,1e9,,,,,,,,,,", "gpus is above 100000"],
  ["5,50,two,,,,,,,,,,", "gpus is not a number"],
  ["5,50,1,,-1,,,,,,,,", "cpus is negative"],
  ["5,50,1,,,,,,101,,,,", "util is above 100"],
  ["5,50,1,,,,,,,,0,,", "nodes is not a whole number from 1"],
  ["5,50,1,,,,,,,,1.5,,", "nodes is not a whole number from 1"],
  ["5,50,1,,,,,,,,,,2", "warm is above 1"],
  ["5,50,1", "does not have 13 columns"],
  ["5,50,1,,,,,,,,,,,", "does not have 13 columns"],
  ['5,50,1,,,,"ada,,,,,,', "has a quote that does not enclose a whole field"],
  ['5,50,1,,,,"ada"x,,,,,,', "has a quote that does not enclose a whole field"],
  ["", "is blank"],
];

test.each(bad)("a bad row is named: %s", (row, cause) => {
  const { trace, rejected } = read("5,50,1,,,,,,,,,,", row, "6,50,1,,,,,,,,,,");
  expect(trace.jobs.count).toBe(2);
  expect(rejected).toEqual({ count: 1, causes: [{ cause, count: 1, firstLine: 3 }] });
});

test("causes are counted, most frequent first", () => {
  const { rejected } = read("x,1,1,,,,,,,,,,", "1,1,1,,,,,,,,,,", "1,-1,1,,,,,,,,,,", "1,-2,1,,,,,,,,,,");
  expect(rejected.causes).toEqual([
    { cause: "duration_s is negative", count: 2, firstLine: 4 },
    { cause: "submit_s is not a number", count: 1, firstLine: 2 },
  ]);
});

test("unsorted rows are sorted, and that is told", () => {
  const { trace, notes } = read("9,1,1,,,,,,,,,,", "3,2,1,,,,,,,,,,", "9,3,1,,,,,,,,,,", "1,4,1,,,,,,,,,,");
  expect([...trace.jobs.submitSeconds]).toEqual([1, 3, 9, 9]);
  expect([...trace.jobs.durationSeconds]).toEqual([4, 2, 1, 3]);
  expect(notes).toEqual(["2 of 4 rows came after a later submission: sorted"]);
});

test("seconds since 1970 become a calendar", () => {
  const { trace } = read("1700000100,60,1,,,,,,,,,,", "1700000000,60,1,,,,,,,,,,");
  expect(new Date(trace.startMs).toISOString()).toBe("2023-11-14T00:00:00.000Z");
  expect([...trace.jobs.submitSeconds]).toEqual([80_000, 80_100]);
});

test("a strange status is told, not dropped", () => {
  const { trace, notes } = read("1,1,1,,,,,,,SUSPENDED,,,", "1,1,1,,,,,,,Cancelled,,,");
  expect([...trace.jobs.status]).toEqual([0, 3]);
  expect(notes).toEqual(["status SUSPENDED of 1 jobs is not known: taken as unknown"]);
});

test("a status that JavaScript knows by itself is strange", () => {
  const { trace, notes } = read("1,1,1,,,,,,,constructor,,,", "1,1,1,,,,,,,__proto__,,,");
  expect([...trace.jobs.status]).toEqual([0, 0]);
  expect(notes).toHaveLength(2);
});

test("quotes, line ends and byte order marks are read", () => {
  const text = `\uFEFF${header}\r\n1,2,3,,,,"Ada, ""the"" first",,,,,,\r\n1,2,3,,,,Ünal,,,,,,`;
  const result = parseTrace(text, { name: "t" });
  expect(result.kind === "jobs" && result.trace.users).toEqual(['Ada, "the" first', "Ünal"]);
});

test("columns may come in any order and be fewer", () => {
  const result = parseTrace("gpus,user,submit_s,duration_s\n2,u,1,60\n", { name: "t", startMs: 5 });
  if (result.kind !== "jobs") throw new Error(result.kind);
  expect([result.trace.jobs.gpus[0], result.trace.jobs.submitSeconds[0], result.trace.startMs]).toEqual([2, 1, 5]);
});

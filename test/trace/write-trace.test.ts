import * as fc from "fast-check";
import { expect, test } from "vitest";

import { newJobBuilder } from "../../src/trace/job-builder.ts";
import { parseTrace } from "../../src/trace/read/read-trace.ts";
import { jobStatuses } from "../../src/trace/trace.ts";
import { writeTrace } from "../../src/trace/write-trace.ts";

const amount = fc.double({ min: 0, max: 90_000, noNaN: true }).map((value) => value + 0);
const name = fc.string({ maxLength: 8, unit: "grapheme" }).filter((text) => !/[\r\n\0]/.test(text));
const job = fc.record(
  {
    submitSeconds: amount,
    durationSeconds: amount,
    gpus: amount,
    cpus: amount,
    memoryGib: amount,
    user: name,
    group: name,
    gpuType: fc.constantFrom("", "A10", "A10|T4"),
    nodes: fc.integer({ min: 1, max: 64 }),
    status: fc.constantFrom(...jobStatuses),
    warm: fc.boolean(),
    utilization: fc.double({ min: 0, max: 100, noNaN: true }),
  },
  { requiredKeys: ["submitSeconds", "durationSeconds", "gpus"] },
);

test("what is written is read back as it was", () => {
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 30 }), (jobs) => {
      const builder = newJobBuilder();
      for (const each of jobs) builder.add(each);
      const { trace } = builder.finish({ name: "t", startMs: 1000 });
      const read = parseTrace(writeTrace(trace), { name: "t", startMs: 1000 });
      expect(read.rejected.count).toBe(0);
      expect(read.kind === "jobs" && withNames(read.trace)).toEqual(withNames(trace));
    }),
    { seed: 9, numRuns: 200 },
  );
});

/** Numbers of names may differ: sorting comes before writing, so that the first of a file need not be the first added. */
function withNames(trace: ReturnType<ReturnType<typeof newJobBuilder>["finish"]>["trace"]) {
  const { jobs, users, groups, gpuTypes, ...facts } = trace;
  const named = (column: Int32Array, names: readonly unknown[]) => [...column].map((number) => names[number]);
  return {
    ...facts,
    jobs: {
      ...jobs,
      user: named(jobs.user, users),
      group: named(jobs.group, groups),
      gpuType: named(jobs.gpuType, gpuTypes),
    },
  };
}

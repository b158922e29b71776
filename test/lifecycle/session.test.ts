import { readdir } from "node:fs/promises";

import { expect, test } from "vitest";
import { manualClock } from "../../src/kernel/clocks.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { openSession, type SessionOptions } from "../../src/lifecycle/session.ts";
import type { Target } from "../../src/lifecycle/target.ts";
import { environmentOf } from "../aws/doctor/world.ts";
import { folder } from "../rehearsal/storage/keep.ts";

const denied = new Failure("AWS_CREDENTIALS", "no AWS credentials were found");

test("nothing begins where it could not end", async () => {
  const directory = await folder();
  const options = {
    environment: { ...environmentOf(), directory },
    target: { name: "aws", admit: async () => Promise.reject(denied) } as unknown as Target,
    ...{ clock: manualClock(), random: seededRandom(1), host: "here", pid: process.pid, command: "aura up" },
  } as unknown as SessionOptions;
  await expect(openSession(options, { begin: true })).rejects.toBe(denied);
  // neither a run, nor a report, nor a lock
  expect(await readdir(directory, { recursive: true })).toEqual([".aura", ".aura/dev"]);
});

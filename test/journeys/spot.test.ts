import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { Summary } from "../../src/timeline/summary.ts";
import { processJob, project } from "./harness.ts";

const environment = `version: 1
name: test
region: us-east-1
target: rehearsal
pools:
  cpu: { families: [m7i], capacityTypes: [spot], hold: 30s }
jobs: [jobs.yml]
rehearsal: { speed: 500, seed: 7 }
`;

test("a job outlives its spot node, and both logs come home", { timeout: 60_000 }, async () => {
  const made = await project({ environment });
  const mark = join(made.directory, "begun");
  const script = `if [ -e ${mark} ]; then echo second; exit 0; fi; touch ${mark}; echo first; exec sleep 600`;
  await made.write("jobs.yml", processJob("train", script, { backoffLimit: 2 }));
  await made.aura("up");
  const fault = await made.aura(
    "rehearsal",
    "fault",
    "spot-warning",
    "--after",
    "8s",
    "--times",
    "1",
    "--name",
    "test",
  );
  expect(fault.code, fault.stderr).toBe(0);
  const run = await made.aura("run", "-o", "json");
  expect(run.json<Summary>().jobs, run.stderr).toMatchObject([{ name: "train", status: "succeeded" }]);
  const { report, nodes } = (await made.aura("collect", "-o", "json")).json<Summary>();
  const logs = (await readdir(join(report?.dir ?? "", "logs"))).filter((name) => name.includes("train"));
  const texts = await Promise.all(logs.map((name) => readFile(join(report?.dir ?? "", "logs", name), "utf8")));
  expect(texts.map((text) => text.trim()).sort()).toEqual(["first", "second"]);
  expect(nodes.map(({ capacityType }) => capacityType)).toEqual(["spot", "spot"]);
  const down = await made.aura("down", "-o", "json");
  expect([down.code, down.json<Summary>().leftovers]).toEqual([0, []]);
});

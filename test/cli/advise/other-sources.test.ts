import * as v from "valibot";
import { expect, test } from "vitest";

import type { Advice } from "../../../src/cli/advise/advice.ts";
import { adviceSchema } from "../../../src/cli/advise/advice-schema.ts";
import { adviceFromTimeline } from "../../../src/cli/advise/from-timeline.ts";
import { adviceFromTrace } from "../../../src/cli/advise/from-trace.ts";
import type { Observation, TimelineEntry } from "../../../src/timeline/entries.ts";
import { parseTrace } from "../../../src/trace/read/read-trace.ts";
import { project } from "../../journeys/harness.ts";
import { at, sampleTimeline } from "../../timeline/sample.ts";
import { expectGoldens } from "./golden.ts";

type Node = Extract<Observation, { type: "node" }>;
type Pod = Extract<Observation, { type: "pod" }>;

const node = (state: Node["state"]): Observation => ({
  type: "node",
  name: "gpu-1",
  state,
  node: "ip-1",
  pool: "gpu",
  instanceType: "g5.12xlarge",
  capacityType: "on-demand",
  zone: "us-east-1a",
  gpus: 4,
  gpu: "a10g",
  usdPerHour: 5.672,
  onDemandUsdPerHour: 5.672,
});
const pod = (state: Pod["state"]): Observation => ({
  type: "pod",
  namespace: "default",
  name: "train-abc",
  uid: "u1",
  job: "train",
  node: "ip-1",
  state,
  requests: { cpuMillis: 4000, memoryMib: 16_384, gpus: 1 },
});
const job = (state: "submitted" | "succeeded"): Observation => ({
  type: "job",
  namespace: "default",
  name: "train",
  state,
  gpus: 1,
});
const usage = (utilizationPercent: number): Observation => ({
  type: "usage",
  namespace: "default",
  pod: "train-abc",
  gpus: [{ utilizationPercent, memoryMib: 4000 }],
});

/** A job that waits, works for two hours, hangs for two, and leaves its node of four GPUs behind for an hour. */
function wastefulRun(): TimelineEntry[] {
  const hour = 3600;
  return [
    at(0, {
      type: "run",
      run: "dev-1",
      environment: "dev",
      target: "aws",
      region: "us-east-1",
      version: "1",
      speed: 1,
      simulated: [],
    }),
    at(0, job("submitted")),
    at(1, pod("created")),
    at(10, {
      type: "wait",
      namespace: "default",
      pod: "train-abc",
      reason: "insufficient capacity for g5 in us-east-1a",
    }),
    at(900, node("launched")),
    at(960, node("ready")),
    at(1000, pod("running")),
    ...Array.from({ length: 480 }, (_, index) => at(1000 + 30 * index, usage(index < 240 ? 80 : 0))),
    at(1000 + 4 * hour, pod("succeeded")),
    at(1001 + 4 * hour, job("succeeded")),
    at(1000 + 5 * hour, node("gone")),
  ];
}

test("finds all that a run wasted", async () => {
  const advice = adviceFromTimeline(wastefulRun(), "report/dev-1");
  expect(advice.items.map(({ cause }) => cause)).toEqual([
    "unused-gpus",
    "held-after-last",
    "stalled",
    "on-demand",
    "long-wait",
  ]);
  const by = (cause: string) => advice.items.find((item) => item.cause === cause);
  expect(advice.wasted.usd).toBeLessThan(advice.held.usd ?? 0);
  expect(by("unused-gpus")).toMatchObject({ gpuHours: 12, usd: 17.016 });
  expect(by("held-after-last")).toMatchObject({ gpuHours: 4, usd: 5.672 });
  expect(by("stalled")?.gpuHours).toBeCloseTo(2, 1);
  expect(by("on-demand")?.paste).toContain("capacityTypes: [spot, on-demand]");
  expect(by("long-wait")?.change).toContain("more families");
  await expectGoldens("timeline", advice);
});

test("finds little in a run that wasted little", () => {
  const advice = adviceFromTimeline(sampleTimeline(), "report/dev");
  expect(advice.notes).toEqual(["a rehearsal: nodes, prices and devices were simulated"]);
  expect(advice.wasted.usd).toBeLessThan(advice.held.usd ?? 0);
  expect(adviceFromTimeline([], "empty")).toMatchObject({
    items: [],
    held: { gpuHours: 0 },
    source: { hours: 0, from: null },
  });
});

test("keeps to its schema", () => {
  for (const entries of [wastefulRun(), sampleTimeline(), []]) {
    const advice = JSON.parse(JSON.stringify(adviceFromTimeline(entries, "x")));
    expect(v.parse(adviceSchema, advice)).toEqual(advice);
  }
});

test("reads a run's timeline from its folder", async () => {
  const made = await project();
  await made.write(
    "report/x/timeline.jsonl",
    `${wastefulRun()
      .map((entry) => JSON.stringify(entry))
      .join("\n")}\n`,
  );
  const { code, stdout } = await made.aura("advise", "report/x");
  expect({ code, head: stdout.split("\n")[0] }).toMatchObject({
    code: 0,
    head: expect.stringMatching(/^report\/x · 5\.3 h · wasted/),
  });
  const json = (await made.aura("advise", "report/x/timeline.jsonl", "-o", "json")).json<Advice>();
  expect(json.version).toBe(1);
  expect(json.items).toHaveLength(5);
});

test("compares timers and users on a trace", async () => {
  const rows = ["submit_s,duration_s,gpus,gpu_type,cpus,mem_gib,user,group,util,status,nodes,wait_s,warm"];
  for (let day = 0; day < 5; day += 1) {
    for (let hour = 9; hour < 17; hour += 2) {
      rows.push(`${day * 86_400 + hour * 3600},1800,1,a10g,4,16,ann,team,12,passed,1,0,0`);
      rows.push(
        `${day * 86_400 + hour * 3600 + 60},5400,2,a10g,8,32,bob,team,85,${hour === 9 ? "failed" : "passed"},1,0,0`,
      );
    }
  }
  const read = parseTrace(`${rows.join("\n")}\n`, { name: "team.csv" });
  if (read.kind !== "jobs") throw new Error("no jobs");
  const advice = adviceFromTrace({ trace: read.trace, region: "us-east-1", rejected: 0 });
  expect(advice.items.map(({ cause, subject }) => [cause, subject])).toEqual(
    expect.arrayContaining([
      ["low-use", "jobs of ann"],
      ["failed-runs", "jobs of bob"],
      ["idle-by-timer", "idle nodes"],
    ]),
  );
  await expectGoldens("trace", advice);
});

test.each([
  [["advise"], /nothing to look at/],
  [["advise", "report/x", "--trace", "t.csv"], /several things to look at/],
  [["advise", "report/none"], /no timeline in report\/none/],
  [["advise", "--trace", "none.csv"], /none\.csv/],
  [["advise", "--trace", "empty.csv"], /empty\.csv|no/],
  [["advise", "--prometheus", "nowhere"], /not the URL of a Prometheus/],
  [["advise", "--prometheus", "http://127.0.0.1:9", "--since", "1s"], /not a time to look back: 1s/],
  [["advise", "--prometheus", "http://127.0.0.1:9", "--region", "mars-1"], /mars-1/],
  [["advise", "--prometheus", "http://127.0.0.1:9"], /cannot ask Prometheus/],
])("refuses %j with a way out", async (argv, message) => {
  const made = await project();
  await made.write("empty.csv", "");
  const { code, stdout, stderr } = await made.aura(...argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

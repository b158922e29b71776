import { expect, test } from "vitest";

import { lineRenderer } from "../../src/cli/progress/lines.ts";
import { follow, liveProgress, renderView, viewState } from "../../src/cli/progress/live.ts";
import { manualClock } from "../../src/kernel/clocks.ts";
import type { Observation, TimelineEntry } from "../../src/timeline/entries.ts";

const start = Date.UTC(2026, 0, 1);
const entry = (seconds: number, observation: Observation): TimelineEntry => ({
  at: start + seconds * 1000,
  wall: start + seconds * 10,
  ...observation,
});
const pod = {
  type: "pod",
  namespace: "default",
  name: "train-1",
  uid: "u1",
  job: "train",
  requests: { cpuMillis: 1, memoryMib: 1, gpus: 0 },
} as const;
const node = {
  type: "node",
  name: "gpu-x1",
  instanceType: "g5.xlarge",
  capacityType: "spot",
  zone: "us-east-1a",
  gpus: 1,
  gpu: "a10g",
  usdPerHour: 0.4,
} as const;

const run: Observation = {
  ...{ type: "run", run: "dev-1", environment: "dev", target: "rehearsal", region: "us-east-1" },
  ...{ version: "0", speed: 60, simulated: [] },
};

const story: TimelineEntry[] = [
  entry(0, run),
  entry(0, { type: "phase", phase: "deploy", state: "started" }),
  entry(0, { type: "step", phase: "deploy", step: "cluster", state: "started", message: "embedded cluster" }),
  entry(1, { type: "step", phase: "deploy", step: "cluster", state: "succeeded" }),
  entry(2, { type: "job", namespace: "default", name: "train", state: "submitted", gpus: 1 }),
  entry(3, { ...pod, state: "created" }),
  entry(3, { type: "wait", namespace: "default", pod: "train-1", reason: "no node has a GPU" }),
  entry(4, { type: "wait", namespace: "default", pod: "train-1", reason: "no node has a GPU" }),
  entry(5, { ...node, state: "launched" }),
  entry(65, { ...pod, state: "scheduled", node: "gpu-x1" }),
  entry(125, { ...pod, state: "failed", reason: "Error", exitCode: 3 }),
  entry(130, { type: "leftovers", checked: ["processes", "files"], found: [] }),
];

test("plain lines tell the story once", () => {
  const render = lineRenderer();
  expect(story.map(render).filter((line) => line !== undefined)).toEqual([
    "+00:00  phase   deploy started",
    "+00:01  step    cluster done",
    "+00:02  job     train submitted",
    "+00:03  waiting train-1: no node has a GPU",
    "+00:05  node    gpu-x1 launched: g5.xlarge spot us-east-1a, 1 × a10g, $0.4000/h",
    "+01:05  pod     train-1 scheduled on gpu-x1",
    "+02:05  pod     train-1 failed: Error (exit 3)",
    "+02:10  left    nothing (looked at processes, files)",
  ]);
});

test("a launched node without a price says so", () => {
  const render = lineRenderer();
  const { usdPerHour: _, ...unpriced } = node;
  const line = render(entry(5, { ...unpriced, state: "launched" }));
  expect(line).toBe("+00:00  node    gpu-x1 launched: g5.xlarge spot us-east-1a, 1 × a10g, price unknown");
});

test("the live view shows phases, nodes and why a pod waits", () => {
  const view = viewState(start);
  for (const one of story.slice(0, 9)) follow(view, one);
  const lines = renderView(view, start + 300);
  expect(lines[0]).toContain("dev · rehearsal ×60 · us-east-1  ◐ deploy  ○ run  ○ collect  ○ destroy");
  expect(lines[1]).toContain("300 ms here, 5.3 s of cluster time");
  expect(lines.find((line) => line.includes("gpu-x1"))).toContain("g5.xlarge spot us-east-1a");
  expect(lines.find((line) => line.includes("train-1"))).toContain("no node has a GPU");
});

test("on AWS the live view has one time", () => {
  const view = viewState(start);
  follow(view, entry(0, { ...run, target: "aws", speed: 1 }));
  follow(view, entry(0, { type: "step", phase: "deploy", step: "terraform", state: "started", message: "network" }));
  expect(renderView(view, start + 300)[1]).toBe("  300 ms, $0.00 spent · network");
});

test("the live view recalls what came before", async () => {
  let shown = "";
  const stream = { write: (text: string) => (shown += text), columns: 120 };
  const clock = manualClock(start + 1000);
  const progress = liveProgress(stream, clock);
  progress.recall([...story.slice(0, 9), entry(30, { type: "phase", phase: "deploy", state: "succeeded" })]);
  await clock.advance(100);
  progress.stop();
  expect(shown).toContain("dev · rehearsal ×60 · us-east-1  ● deploy  ○ run");
  expect(shown).not.toMatch(/\$0.00 spent · waiting/);
  expect(shown).toMatch(/\$0\.00\d\d spent · starting/);
});

test("a frame is drawn in one write", async () => {
  const writes: string[] = [];
  const clock = manualClock(start);
  const progress = liveProgress({ write: (text: string) => writes.push(text), columns: 120 }, clock);
  await clock.advance(200);
  progress.stop();
  expect(writes.slice(2, -1)).toHaveLength(2);
  for (const frame of writes.slice(2, -1)) expect(frame).toMatch(/^.\[2A.\[0J.+ deploy/);
});

test("a terminal without columns is drawn 80 wide", () => {
  let shown = "";
  const progress = liveProgress({ write: (text: string) => (shown += text), columns: 0 }, manualClock(start));
  progress.stop();
  expect(shown).toContain("○ deploy  ○ run  ○ collect  ○ destroy");
});

test("what is spent is reckoned once a second", () => {
  const view = viewState(start);
  const spentAt = (ms: number) => /\S+ spent/.exec(renderView(view, start + ms).join())?.[0];
  for (const one of story.slice(0, 9)) follow(view, one);
  const first = spentAt(0);
  follow(view, entry(3600, { ...node, state: "gone" }));
  expect(spentAt(900)).toBe(first);
  expect(spentAt(1000)).not.toBe(first);
});

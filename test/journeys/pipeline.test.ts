import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import type { JobResult } from "../../src/pipeline/results.ts";
import { renderStepSummary } from "../../src/report/step-summary.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { parseTimeline } from "../../src/timeline/read.ts";
import { type Outcome, type Project, project, timerJob, when } from "./harness.ts";
import { processesOf } from "./processes.ts";

interface PipelineData {
  readonly ok: boolean;
  readonly jobs: readonly JobResult[];
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly error?: { readonly code: string; readonly problems?: readonly string[] };
}

const made: Project[] = [];

/** A project with a workflow of the generated one's shape, in commands that need nothing but this machine. */
async function pipelineProject(jobs?: string): Promise<Project> {
  const one = await project(jobs === undefined ? {} : { jobs });
  await cp(join(import.meta.dirname, "../pipeline/workflows/cycle.yml"), join(one.directory, "cycle.yml"));
  one.env = { PATH: process.env["PATH"] ?? "", AURA_SPEED: "2000" };
  made.push(one);
  return one;
}

afterEach(async () => {
  // a cluster that a failed test left would outlive it
  for (const one of made.splice(0)) {
    const cloud = join(one.directory, ".aura/.pipeline/cloud");
    for (const name of await readdir(cloud).catch(() => []))
      await one.aura("rehearsal", "stop", "--data", join(cloud, name));
  }
});

const run = (one: Project, ...more: string[]) =>
  one.aura("pipeline", "--workflow", "cycle.yml", "-o", "json", "--input", "environment=test", ...more);

const results = ({ json }: Outcome) => json<PipelineData>().jobs.map(({ id, result }) => `${id} ${result}`);
const stepsOf = ({ json }: Outcome, id: string) =>
  Object.fromEntries(
    (json<PipelineData>().jobs.find((job) => job.id === id)?.steps ?? []).map((step) => [step.name, step.outcome]),
  );
const cloud = (one: Project) => readdir(join(one.directory, ".aura/.pipeline/cloud"));

async function expectGone(one: Project): Promise<void> {
  expect(await cloud(one)).toEqual([]);
  expect(await processesOf(one.directory)).toEqual([]);
}

describe("a pipeline", () => {
  it("deploys, runs, collects, destroys and reports", async () => {
    const one = await pipelineProject();
    const outcome = await run(one);
    expect(outcome.code).toBe(0);
    expect(results(outcome)).toEqual(["run success", "destroy success"]);
    await expectGone(one);
    const data = outcome.json<PipelineData>();
    expect(data.artifacts.map((path) => path.split("/").at(-1))).toEqual(["aura-report", "aura-run"]);
    const report = ".aura/.pipeline/artifacts/aura-report";
    const [dir = ""] = await readdir(join(one.directory, report));
    const timeline = await one.read(`${report}/${dir}/timeline.jsonl`);
    const { entries } = parseTimeline(timeline, "timeline.jsonl");
    expect(await one.read(".aura/.pipeline/summary.md")).toBe(renderStepSummary(timelineModel(entries)));
  });

  it("leaves running what it only deploys, and destroys it", async () => {
    const one = await pipelineProject();
    expect(results(await run(one, "--action", "deploy"))).toEqual(["run success", "destroy skipped"]);
    expect(await cloud(one)).toEqual(["test"]);
    const outcome = await run(one, "--action", "destroy");
    expect(outcome.code).toBe(0);
    expect(results(outcome)).toEqual(["run skipped", "destroy success"]);
    await expectGone(one);
  });

  it("destroys after a job that failed", async () => {
    const one = await pipelineProject(timerJob("bad", { exitCode: 3 }));
    const outcome = await run(one);
    expect(outcome.code).toBe(4);
    expect(results(outcome)).toEqual(["run failure", "destroy success"]);
    expect(stepsOf(outcome, "run")).toMatchObject({ "Run the jobs": "failure", Collect: "success" });
    expect(outcome.json<PipelineData>().error).toMatchObject({
      code: "PIPELINE_FAILED",
      problems: ["run/Run the jobs: exit code 4"],
    });
    await expectGone(one);
  });

  it("destroys after a cancel in the middle", async () => {
    const one = await pipelineProject(timerJob("long", { duration: "10h" }));
    when(one, /long-\w+ running/, () => one.signal("SIGINT"));
    const outcome = await run(one);
    expect(outcome.code).toBe(130);
    expect(results(outcome)).toEqual(["run cancelled", "destroy success"]);
    expect(stepsOf(outcome, "run")).toMatchObject({
      "Run the jobs": "cancelled",
      Collect: "skipped",
      "Keep journal and report": "success",
    });
    await expectGone(one);
  });

  it("destroys what a dead runner left", async () => {
    const one = await pipelineProject();
    const outcome = await run(one, "--lose", "run/Run the jobs");
    expect(outcome.code).toBe(4);
    expect(results(outcome)).toEqual(["run failure", "destroy success"]);
    expect(stepsOf(outcome, "destroy")).toMatchObject({
      "Journal and report of the run": "failure",
      Destroy: "success",
    });
    await expectGone(one);
  });

  it("has nothing to destroy after a deploy that failed", async () => {
    const one = await pipelineProject();
    const outcome = await run(one, "--fail", "run/Deploy");
    expect(results(outcome)).toEqual(["run failure", "destroy success"]);
    await expectGone(one);
  });

  it("shows each step's output under its name", async () => {
    const one = await pipelineProject();
    const { stderr, stdout } = await one.aura("pipeline", "--workflow", "cycle.yml", "--action", "destroy");
    expect(stderr).toMatch(
      /\ndestroy\n {2}▸ Check out\n {4}│ \d files of the working tree\n {2}✓ Check out · [\d.]+ m?s\n/,
    );
    expect(stderr).toMatch(/ {2}▸ Destroy\n {4}│ nothing is deployed\n {2}✓ Destroy/);
    expect(stdout).toBe("");
  });

  it("refuses a workflow that is not there", async () => {
    const one = await pipelineProject();
    const { code, stderr } = await one.aura("pipeline");
    expect(code).toBe(2);
    expect(stderr).toContain("no such file: .github/workflows/cd-cd.yml");
  });
});

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { JobResult } from "../../src/pipeline/results.ts";
import { committedProject, type Outcome, type Project } from "./harness.ts";
import { processesOf } from "./processes.ts";

/** The repository's own environment, with the workflows that it becomes. */
async function generatedProject(): Promise<Project> {
  const made = await committedProject();
  made.env = { PATH: process.env["PATH"] ?? "", AURA_SPEED: "2000" };
  expect((await made.aura("synth")).code).toBe(0);
  return made;
}

const jobsOf = ({ json }: Outcome) => json<{ readonly jobs: readonly JobResult[] }>().jobs;
const results = (outcome: Outcome) => jobsOf(outcome).map(({ id, result }) => `${id} ${result}`);
const stepsOf = (outcome: Outcome, id: string) =>
  Object.fromEntries((jobsOf(outcome).find((job) => job.id === id)?.steps ?? []).map((one) => [one.name, one.outcome]));

async function expectGone(made: Project): Promise<void> {
  expect(await readdir(join(made.directory, ".aura/.pipeline/cloud"))).toEqual([]);
  expect(await processesOf(made.directory)).toEqual([]);
}

describe("the generated workflow", () => {
  it("proves that nodes came and went", async () => {
    const made = await generatedProject();
    const outcome = await made.aura("pipeline", "-o", "json");
    expect(results(outcome), outcome.stderr).toEqual(["check success", "run success", "destroy success"]);
    const summary = await made.read(".aura/.pipeline/summary.md");
    expect(summary).toContain("gpu-test-job");
    expect(summary).toContain("Nothing was found.");
    await expectGone(made);
  }, 120_000);

  it("destroys what a lost machine had begun", async () => {
    const made = await generatedProject();
    const outcome = await made.aura("pipeline", "-o", "json", "--lose", "Karpenter is ready");
    expect(results(outcome), outcome.stderr).toEqual(["check success", "run failure", "destroy failure"]);
    expect(stepsOf(outcome, "destroy")).toMatchObject({ Destroy: "success", "Summary report": "failure" });
    await expectGone(made);
  }, 120_000);

  it("leaves a deploy, without GPUs, until it is destroyed", async () => {
    const made = await generatedProject();
    const deployed = await made.aura("pipeline", "-o", "json", "--action", "deploy", "--input", "gpu=false");
    expect(results(deployed), deployed.stderr).toEqual(["check success", "run success", "destroy skipped"]);
    expect(await made.read(".aura/.pipeline/summary.md")).not.toContain("gpu-test-job");
    const unconfirmed = await made.aura("pipeline", "-o", "json", "--action", "destroy");
    expect(results(unconfirmed)).toEqual(["check failure", "run skipped", "destroy skipped"]);
    const destroyed = await made.aura("pipeline", "-o", "json", "--action", "destroy", "--input", "confirm=dev");
    expect(results(destroyed), destroyed.stderr).toEqual(["check success", "run skipped", "destroy success"]);
    await expectGone(made);
  }, 120_000);
});

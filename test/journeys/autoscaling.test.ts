import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { AutoscalingCheck } from "../../src/report/validation/check.ts";
import { committedProject, type Project, project, timerJob } from "./harness.ts";

async function reportDir({ directory }: Project): Promise<string> {
  const [run = ""] = await readdir(join(directory, "report"));
  return `report/${run}`;
}

async function cycled(made: Project): Promise<string> {
  made.env = { PATH: process.env["PATH"] ?? "", AURA_SPEED: "2000" };
  await made.aura("cycle", "--yes");
  return reportDir(made);
}

describe("the check of autoscaling", () => {
  it("passes for the committed jobs, rehearsed", async () => {
    const made = await committedProject();
    const dir = await cycled(made);
    const { code, json } = await made.aura("report", dir, "--check", "autoscaling", "-o", "json");
    const { autoscaling } = json<{ autoscaling: AutoscalingCheck }>();
    expect(autoscaling).toMatchObject({ ok: true, reasons: [], leftovers: [] });
    expect(code).toBe(0);
    expect(autoscaling.jobs).toMatchObject([
      { name: "app-job", kind: "cpu", ok: true, node: { provisioned: true, gpus: 0 }, gpuPercent: null },
      { name: "gpu-test-job", kind: "gpu", ok: true, node: { provisioned: true, gpus: 1 } },
    ]);
    for (const { seconds, releasedAfterSeconds } of autoscaling.jobs) {
      expect(Object.values(seconds)).not.toContain(null);
      expect(releasedAfterSeconds).toBeGreaterThan(0);
    }
  });

  it("fails with the reasons of a job", async () => {
    const made = await project({ jobs: timerJob("bad", { exitCode: 3, gpus: 1 }) });
    const dir = await cycled(made);
    const { code, stderr } = await made.aura("report", dir, "--check", "autoscaling");
    expect(code).toBe(4);
    expect(stderr).toContain("bad: its own check failed with exit code 3");
  });

  it("adds to the summary that it is given", async () => {
    const made = await project();
    const dir = await cycled(made);
    await made.write("summary.md", "# before\n");
    await made.aura("report", dir, "--check", "autoscaling", "--summary", "summary.md");
    made.env = { GITHUB_STEP_SUMMARY: join(made.directory, "step.md") };
    await made.aura("report", dir);
    expect(await made.read("summary.md")).toMatch(/^# before\n# ✅ Succeeded[\s\S]*## ✅ Autoscaling works/);
    const step = await made.read("step.md");
    expect(step).toMatch(/^# ✅ Succeeded/);
    expect(step).not.toContain("Autoscaling");
  });
});

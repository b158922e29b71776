import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";
import type { Summary } from "../../src/timeline/summary.ts";
import { parseSummary } from "../../src/timeline/summary-schema.ts";
import { committedProject, processJob, project, timerJob } from "./harness.ts";

test("the committed environment lives its whole life", async () => {
  const made = await committedProject();
  const { code, stderr, json } = await made.aura("cycle", "-o", "json", "--speed", "600");
  expect(stderr).not.toContain("error:");
  expect(code).toBe(0);

  const summary = json<Summary>();
  expect(parseSummary(summary)).toEqual(summary);
  expect(summary).toMatchObject({ ok: true, environment: "dev", target: "rehearsal", leftovers: [] });
  expect(summary.phases.map(({ name, ok }) => [name, ok])).toEqual([
    ["deploy", true],
    ["run", true],
    ["collect", true],
    ["destroy", true],
  ]);
  const [app, gpu] = [...summary.jobs].sort((a, b) => a.name.localeCompare(b.name));
  expect(app).toMatchObject({ name: "app-job", status: "succeeded", exitCode: 0, attempts: 1 });
  expect(gpu).toMatchObject({ name: "gpu-test-job", status: "succeeded", exitCode: 0 });
  expect(gpu?.node?.gpus).toBeGreaterThan(0);
  expect(app?.node?.gpus).toBe(0);
  expect(app?.pendingSeconds).toBeGreaterThan(20);
  for (const node of summary.nodes) expect(node.goneAt).not.toBeNull();
  expect(summary.usd).toBeGreaterThan(0);
  expect(new Set(summary.prices.map(({ of, live }) => `${of} ${live}`))).toEqual(
    new Set(["on-demand false", "spot false"]),
  );

  const dir = summary.report?.dir ?? "";
  const files = await readdir(dir, { recursive: true });
  expect(files).toEqual(expect.arrayContaining(["report.html", "report.md", "summary.json", "timeline.jsonl"]));
  expect(files.some((file) => /^outputs\/.*app-job.*\/result\.json$/.test(file))).toBe(true);
  expect(files.some((file) => /^logs\/.*gpu-test-job.*\.log$/.test(file))).toBe(true);
  expect(await readdir(join(made.directory, ".aura", "dev"))).toEqual(["journal.jsonl"]);
});

test("a failing job is reported and everything destroyed", async () => {
  const made = await project({ jobs: processJob("breaks", "echo about to fail; exit 3") });
  const { code, stderr, json } = await made.aura("cycle", "-o", "json");
  expect(code).toBe(4);
  expect(json()).toMatchObject({ ok: false, error: { code: "JOB_FAILED" }, leftovers: [] });
  expect(json<Summary>().jobs[0]).toMatchObject({ name: "breaks", status: "failed", exitCode: 3 });
  expect(stderr).toContain("error: breaks failed");
  expect(made.servers.size).toBe(0);
});

test("a job that can never fit is refused first", async () => {
  const made = await project({ jobs: timerJob("huge", { gpus: 64 }) });
  const { code, stderr } = await made.aura("cycle");
  expect(code).toBe(2);
  expect(stderr).toContain("huge");
  expect(stderr).toContain("GPU");
  expect(stderr).not.toContain("phase");
  expect(existsSync(join(made.directory, "report"))).toBe(false);
});

test("a job without capacity times out with its reason", async () => {
  const made = await project();
  await made.write("aura.yaml", (await made.read("aura.yaml")).replace("seed: 7", 'seed: 7, shortages: ["* * *"]'));
  const { code, stderr, json } = await made.aura("cycle", "-o", "json", "--timeout", "5m");
  expect(code).toBe(4);
  expect(json<Summary>().jobs[0]).toMatchObject({ status: "timed-out" });
  expect(stderr).toMatch(/job work: is pending: .*capacity/i);
});

test("a job that runs too long times out", async () => {
  const made = await project({ jobs: timerJob("slow", { duration: "2h" }) });
  const { code, stderr, json } = await made.aura("cycle", "-o", "json", "--timeout", "10m");
  expect(code).toBe(4);
  expect(stderr).toContain("1 job did not end within 10 min 00 s");
  expect(json<Summary>()).toMatchObject({ ok: false, leftovers: [] });
});

test("a reclaimed spot node is replaced and retried", async () => {
  const made = await project({ jobs: timerJob("patient", { gpus: 1, duration: "5m", backoffLimit: 2 }) });
  await made.write("aura.yaml", (await made.read("aura.yaml")).replace("seed: 7", "seed: 7, interruptSpotAfter: 20s"));
  const { code, json } = await made.aura("cycle", "-o", "json");
  expect(code).toBe(0);
  const summary = json<Summary>();
  expect(summary.jobs[0]).toMatchObject({ status: "succeeded", attempts: 2 });
  expect(summary.nodes.length).toBeGreaterThanOrEqual(2);
});

test("a shortage leads to the next best offering", async () => {
  const made = await project({ jobs: timerJob("flexible", { gpus: 1 }) });
  await made.write(
    "aura.yaml",
    (await made.read("aura.yaml")).replace("seed: 7", 'seed: 7, shortages: ["* g4dn.* *"]'),
  );
  const { code, json } = await made.aura("cycle", "-o", "json");
  expect(code).toBe(0);
  expect(json<Summary>().jobs[0]?.node?.instanceType).toMatch(/^g[56]\./);
});

test("the budget ends a run that gets too dear", async () => {
  const made = await project({ jobs: timerJob("dear", { gpus: 1, duration: "3h" }) });
  const { code, json } = await made.aura("cycle", "-o", "json", "--budget", "0.4", "--timeout", "3h");
  expect(code).toBe(2);
  expect(json()).toMatchObject({ ok: false, error: { code: "BUDGET_EXCEEDED" }, leftovers: [] });
});

test("a kept environment is left and can be destroyed", async () => {
  const made = await project();
  const { code } = await made.aura("cycle", "--keep");
  expect(code).toBe(0);
  expect(made.servers.size).toBe(1);
  expect((await made.aura("down", "-o", "json")).json()).toMatchObject({ ok: true, leftovers: [] });
  expect(made.servers.size).toBe(0);
});

test("nothing but data is written to stdout", async () => {
  const made = await project();
  const { stdout, stderr } = await made.aura("cycle");
  expect(stdout).toBe("");
  expect(stderr).toContain("phase");
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { startInBackground } from "../../src/cli/background-process.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { processJob, project, when } from "./harness.ts";

test("jobs are submitted and collected later", async () => {
  const made = await project({ jobs: processJob("work", 'echo 42 > "$AURA_OUTPUT_DIR/answer"') });
  await made.aura("up");
  const run = await made.aura("run", "--detach", "-o", "json");
  expect(run.json(), run.stderr).toEqual({
    ok: true,
    run: expect.stringMatching(/^test-/),
    jobs: [{ name: "work", namespace: "default" }],
  });
  await made.aura("logs", "--follow");
  const collected = (await made.aura("collect", "-o", "json")).json<Summary>();
  expect(collected.jobs).toMatchObject([{ name: "work", status: "succeeded" }]);
  const files = await readdir(collected.report?.dir ?? "", { recursive: true });
  expect(files).toContainEqual(expect.stringMatching(/^outputs\/default\.work-\w+\/answer$/));
  expect((await made.aura("down")).code).toBe(0);
});

test("a command goes on in the background", async () => {
  const made = await project();
  const detached = await made.aura("cycle", "--detach", "--timeout", "20m", "-o", "json");
  const log = join(made.directory, ".aura", "test", "cycle.log");
  expect(detached.json(), detached.stderr).toEqual({ ok: true, environment: "test", pid: 4711, log });
  const [command] = made.backgrounds;
  expect(command).toMatchObject({ cwd: made.directory, log });
  expect(command?.args.slice(1)).toEqual(["cycle", "--timeout", "20m", "-o", "json"]);
  // it is the very same command
  expect((await made.aura(...(command?.args.slice(1) ?? []))).code).toBe(0);
  for (const verb of ["up", "down"]) {
    if (verb === "down") await made.aura("up");
    const { stderr, code } = await made.aura(verb, "--detach");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`tail -f ${made.directory}`) });
    expect(made.backgrounds.at(-1)?.args.slice(1)).toEqual([verb]);
  }
  await made.aura("down");
});

test("nothing starts beside a command at work", async () => {
  const made = await project();
  let second: Promise<{ code: number; stderr: string }> | undefined;
  when(made, /work-\w+ running/, () => {
    second = made.aura("down", "--detach", "--yes");
  });
  await made.aura("cycle");
  expect((await made.aura("status")).stderr).toContain("nothing is deployed\n");
  expect(await second).toMatchObject({ code: 2, stderr: expect.stringContaining('in use by "aura cycle"') });
  expect(made.backgrounds).toEqual([]);
});

test("a question that nobody would hear is refused", async () => {
  const made = await project();
  const { code, stderr } = await made.aura("up", "--detach", "--target", "aws");
  expect(code).toBe(2);
  expect(stderr).toContain("nobody answers in the background");
  expect(stderr).toContain("fix    aura up --detach --target aws --yes");
});

test("a process outlives who started it", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "aura-background-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const log = join(cwd, "deep", "up.log");
  const script = "console.log(process.cwd()); console.error(process.argv[1])";
  const start = () => startInBackground({ program: process.execPath, args: ["-e", script, "said"], cwd, log });
  expect(await start()).toBeGreaterThan(1);
  await vi.waitFor(() => expect(readFileSync(log, "utf8")).toBe(`${cwd}\nsaid\n`), { timeout: 10_000 });
  await start();
  await vi.waitFor(() => expect(readFileSync(log, "utf8")).toBe(`${cwd}\nsaid\n`.repeat(2)), { timeout: 10_000 });
  await expect(startInBackground({ program: "/no/such", args: [], cwd, log })).rejects.toThrow("ENOENT");
});

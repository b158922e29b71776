import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { Summary } from "../../src/timeline/summary.ts";
import { processJob, project, timerJob } from "./harness.ts";

test("up, run, collect and down follow each other", async () => {
  const made = await project({ jobs: processJob("writes", 'echo hello; echo 42 > "$AURA_OUTPUT_DIR/answer"') });
  const up = await made.aura("up", "-o", "json");
  expect(up.json()).toMatchObject({ ok: true, environment: "test", target: "rehearsal" });
  expect((await made.aura("status")).stderr).toContain("test (rehearsal) is up");

  const run = (await made.aura("run", "-o", "json")).json<Summary>();
  expect(run.jobs).toMatchObject([{ name: "writes", status: "succeeded" }]);
  const collected = (await made.aura("collect", "-o", "json")).json<Summary>();
  const files = await readdir(collected.report?.dir ?? "", { recursive: true });
  expect(files.filter((file) => file.endsWith("answer"))).toHaveLength(1);

  const down = await made.aura("down", "-o", "json");
  expect([down.code, down.json<Summary>().leftovers]).toEqual([0, []]);
  expect(down.json<Summary>().run).toBe(run.run);
});

test("down collects what was not collected", async () => {
  const made = await project({ jobs: processJob("writes", 'echo 42 > "$AURA_OUTPUT_DIR/answer"') });
  await made.aura("up");
  await made.aura("run");
  const { report } = (await made.aura("down", "-o", "json")).json<Summary>();
  const files = await readdir(report?.dir ?? "", { recursive: true });
  expect(files.filter((file) => file.endsWith("answer"))).toHaveLength(1);
});

test("up twice changes nothing", async () => {
  const made = await project();
  const first = (await made.aura("up", "-o", "json")).json<{ run: string }>();
  const second = await made.aura("up", "-o", "json");
  expect(second.json<{ run: string }>().run).toBe(first.run);
  expect(second.stderr).toContain("cluster already so");
  expect(second.stderr).toContain("pools already so");
});

test("a second run submits the job again", async () => {
  const made = await project({ jobs: timerJob("again") });
  await made.aura("up");
  await made.aura("run");
  await made.write("jobs.yml", timerJob("again", { exitCode: 7 }));
  const second = await made.aura("run", "-o", "json");
  expect(second.code).toBe(4);
  expect(second.json<Summary>().jobs.at(-1)).toMatchObject({ name: "again", status: "failed", exitCode: 7 });
});

test("a server that died is started again", async () => {
  const made = await project();
  await made.aura("up");
  for (const [dataDir, server] of made.servers) {
    await server.stop();
    (made.servers as Map<string, unknown>).delete(dataDir);
  }
  expect((await made.aura("status", "-o", "json")).json()).toMatchObject({ reachable: false });
  expect((await made.aura("up")).code).toBe(0);
  expect((await made.aura("run")).code).toBe(0);
  expect((await made.aura("down")).code).toBe(0);
});

test("down works without a valid file", async () => {
  const made = await project();
  await made.aura("up");
  await made.write("aura.yaml", "this: [is not");
  expect((await made.aura("down", "-o", "json")).json()).toMatchObject({ ok: true, leftovers: [] });
});

test("down refuses while jobs run, unless told", async () => {
  const made = await project({ jobs: timerJob("busy", { duration: "30m" }) });
  await made.aura("up");
  made.onLine = (line) => {
    if (/busy-\w+ running/.test(line)) made.signal("SIGINT");
  };
  await made.aura("run");
  made.onLine = () => {};
  const refused = await made.aura("down");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("aura down --yes");
  expect(made.servers.size).toBe(1);
  expect((await made.aura("down", "--yes")).code).toBe(0);
});

test("report rebuilds from the timeline alone", async () => {
  const made = await project();
  const { report } = (await made.aura("cycle", "-o", "json")).json<Summary>();
  const timeline = await made.read(join(report?.timeline ?? "").replace(made.directory, "."));
  await made.write("copy/timeline.jsonl", timeline);
  const rebuilt = await made.aura("report", "copy", "-o", "json");
  expect(rebuilt.code).toBe(0);
  expect(await readdir(join(made.directory, "copy"))).toEqual(
    expect.arrayContaining(["report.html", "report.md", "summary.json"]),
  );
});

test.each([
  ["no command", [], 0],
  ["an unknown command", ["cicle"], 2],
  ["an unknown flag", ["cycle", "--sped", "3"], 2],
  ["a flag's wrong value", ["cycle", "--output", "xml"], 2],
  ["a missing file", ["cycle", "--file", "nothing.yaml"], 2],
  ["a missing job", ["cycle", "--job", "nothing.yml"], 2],
  ["a speed that is none", ["cycle", "--speed", "fast"], 2],
  ["run before up", ["run"], 2],
  ["collect before up", ["collect"], 2],
  ["status before up", ["status"], 0],
  ["down before up", ["down"], 0],
  ["a report of nothing", ["report", "nowhere"], 2],
])("%s exits as documented", async (_title, argv, code) => {
  const made = await project();
  const outcome = await made.aura(...argv);
  expect(outcome.code).toBe(code);
  expect(made.servers.size).toBe(0);
});

test("an error in JSON is one object", async () => {
  const made = await project();
  const { stdout, json } = await made.aura("run", "-o", "json");
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(json()).toMatchObject({ ok: false, error: { code: "NO_ENVIRONMENT", fix: "aura up" } });
});

test("a report folder in use is not overwritten", async () => {
  const made = await project();
  await made.write("kept/timeline.jsonl", "");
  const { code, stderr } = await made.aura("cycle", "--report", "kept");
  expect(code).toBe(2);
  expect(stderr).toContain("holds the report of an earlier run");
  expect(await made.read("kept/timeline.jsonl")).toBe("");
});

test("two commands at once are told apart", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "20m" }) });
  await made.aura("up");
  let second: Promise<{ code: number; stderr: string }> | undefined;
  made.onLine = (line) => {
    if (second === undefined && /work submitted/.test(line)) second = made.aura("down", "--yes");
  };
  await made.aura("run");
  const outcome = await second;
  expect(outcome?.code).toBe(2);
  expect(outcome?.stderr).toContain('in use by "aura run"');
});

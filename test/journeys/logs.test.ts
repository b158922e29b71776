import { expect, test } from "vitest";

import { processJob, project, when } from "./harness.ts";

const two = [processJob("first", "echo one; echo two >&2"), processJob("second", "printf three")].join("---\n");
const sorted = (text: string) => text.split("\n").filter(Boolean).sort();

test("logs come from the cluster, then from the report", async () => {
  const made = await project({ jobs: two });
  expect((await made.aura("up")).code).toBe(0);
  const early = await made.aura("logs");
  expect({ code: early.code, stdout: early.stdout }).toEqual({ code: 0, stdout: "" });
  expect(early.stderr).toContain("no job was submitted yet");
  await made.aura("run");
  const all = await made.aura("logs");
  expect(sorted(all.stdout)).toEqual(["first | one", "first | two", "second | three"]);
  const data = (await made.aura("logs", "first", "-o", "json")).json<{ logs: Record<string, string>[] }>();
  expect(data.logs).toEqual([
    {
      job: "first",
      namespace: "default",
      pod: expect.stringMatching(/^first-/),
      container: "main",
      source: "cluster",
      text: expect.stringContaining("one\n"),
    },
  ]);
  expect((await made.aura("logs", "-f", "second")).stdout).toBe("three\n");
  await made.aura("collect");
  await made.aura("down", "--yes");
  const after = await made.aura("logs", "default/second");
  expect({ code: after.code, stdout: after.stdout }).toEqual({ code: 0, stdout: "three\n" });
  expect((await made.aura("logs", "first", "-o", "json")).json<{ logs: object[] }>().logs).toMatchObject([
    { source: "report" },
  ]);
});

test("logs are followed while their job runs", async () => {
  const made = await project({ jobs: processJob("slow", "echo begun; sleep 0.5; echo done") });
  await made.aura("up");
  let followed: Promise<{ stdout: string; code: number }> | undefined;
  when(made, /slow-\w+ running/, () => {
    followed = made.aura("logs", "slow", "--follow");
  });
  await made.aura("run");
  expect(await followed).toMatchObject({ code: 0, stdout: "begun\ndone\n" });
});

test("what is asked for wrongly is explained", async () => {
  const made = await project({ jobs: two });
  expect(await made.aura("logs")).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing has run here") });
  await made.aura("cycle");
  const unknown = await made.aura("logs", "frist");
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain("no job frist in this run");
  expect(unknown.stderr).toContain("fix    aura logs first");
  const both = await made.aura("logs", "--follow", "-o", "json");
  expect(both.json()).toMatchObject({
    ok: false,
    error: { code: "USAGE", message: "--follow does not go with -o json" },
  });
  const none = await made.aura("logs", "--container", "other");
  expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 0, stdout: "" });
  expect(none.stderr).toContain("no container other has started");
});

test("a container that was started anew has two logs", async () => {
  const script =
    'test -e "$AURA_OUTPUT_DIR/tried" && echo second && exit 0; touch "$AURA_OUTPUT_DIR/tried"; echo first; exit 1';
  const made = await project({ jobs: processJob("again", script, { backoffLimit: 2 }).replace("Never", "OnFailure") });
  await made.aura("up");
  await made.aura("run");
  await made.aura("collect");
  expect((await made.aura("logs", "again")).stdout).toBe("second\n");
  expect((await made.aura("logs", "again", "--previous")).stdout).toBe("first\n");
  await made.aura("down");
  expect((await made.aura("logs", "again")).stdout).toBe("second\n");
  expect((await made.aura("logs", "again", "--previous")).stdout).toBe("first\n");
});

test("following says that it waits", async () => {
  const made = await project({ jobs: processJob("slow", "echo done") });
  await made.aura("up");
  let early: Promise<{ stdout: string; stderr: string }> | undefined;
  when(made, /slow submitted/, () => {
    early = made.aura("logs", "-f", "slow");
  });
  await made.aura("run");
  expect(await early).toMatchObject({
    stdout: "done\n",
    stderr: expect.stringContaining("no container has started yet: waiting"),
  });
});

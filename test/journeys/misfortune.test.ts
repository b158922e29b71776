import { rm } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { Summary } from "../../src/timeline/summary.ts";
import { type Project, processJob, project, signalAt, timerJob, when } from "./harness.ts";

/** The server dies as with kill -9: nobody answers, its processes are orphans. */
async function killServers(made: Project): Promise<void> {
  for (const [dataDir, server] of made.servers) {
    await server.stop();
    (made.servers as Map<string, unknown>).delete(dataDir);
  }
}

test("a cluster that dies under a job is noticed", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "2h" }) });
  when(made, /work-\w+ running/, () => void killServers(made));
  const { code, json } = await made.aura("cycle", "-o", "json", "--timeout", "3h");
  expect(code).toBe(2);
  expect(json()).toMatchObject({ ok: false, error: { code: "CLUSTER_UNREACHABLE" }, leftovers: [] });
  expect((await made.aura("down", "-o", "json")).json()).toMatchObject({ run: null });
});

test("down rebuilds a lost record from the file", async () => {
  const made = await project();
  await made.aura("up");
  await rm(join(made.directory, ".aura/test/environment.json"));
  expect((await made.aura("down", "-o", "json")).json()).toMatchObject({ ok: true, leftovers: [] });
  expect(made.servers.size).toBe(0);
});

test("a lost record and a broken file fail loudly", async () => {
  const made = await project();
  await made.aura("up");
  await rm(join(made.directory, ".aura/test/environment.json"));
  await made.write("other.yaml", "version: 1\nname: test\npools: nonsense\n");
  const { code, stderr } = await made.aura("down", "--file", "other.yaml");
  expect(code).toBe(2);
  expect(stderr).toContain("the environment test is deployed, but the record of how is lost");
  expect((await made.aura("down")).code).toBe(0);
});

test("a broken timeline does not keep anything alive", async () => {
  const made = await project();
  const { run } = (await made.aura("up", "-o", "json")).json<{ run: string }>();
  const timeline = `report/${run}/timeline.jsonl`;
  await made.write(timeline, `rubbish\n${await made.read(timeline)}`);
  expect((await made.aura("down", "-o", "json")).json()).toMatchObject({ leftovers: [] });
  expect(made.servers.size).toBe(0);
});

test("a report that cannot be written begins no run", async () => {
  const made = await project();
  const { code, stderr } = await made.aura("up", "--report", "aura.yaml/x");
  expect(code).toBe(2);
  expect(stderr).toContain("cannot write the report");
  expect((await made.aura("status", "-o", "json")).json()).toMatchObject({ environment: null });
});

test("a deployed environment does not move", async () => {
  const made = await project();
  await made.aura("up");
  const file = await made.read("aura.yaml");
  await made.write("aura.yaml", file.replace("us-east-1", "us-west-2"));
  const { code, stderr } = await made.aura("up");
  expect(code).toBe(2);
  expect(stderr).toContain("region and zones cannot change while test is deployed");
  expect((await made.aura("down")).code).toBe(0);
});

test("a destroy that was stopped ends where it began", async () => {
  const made = await project();
  const { run } = (await made.aura("up", "-o", "json")).json<{ run: string }>();
  signalAt(made, /phase +destroy started/);
  expect((await made.aura("down")).code).toBe(130);
  const file = await made.read("aura.yaml");
  await made.write("aura.yaml", file.replace("us-east-1", "us-west-2"));
  const again = (await made.aura("up", "-o", "json")).json<{ run: string }>();
  const timeline = await made.read(`report/${run}/timeline.jsonl`);
  const regions = [...timeline.matchAll(/"type":"run".*?"region":"([^"]+)"/g)].map(([, region]) => region);
  expect([again.run === run, [...new Set(regions)]]).toEqual([false, ["us-east-1"]]);
  expect((await made.aura("down")).code).toBe(0);
});

test("a run is never taken for one on another target", async () => {
  const made = await project();
  await made.aura("up");
  signalAt(made, /phase +destroy started/);
  await made.aura("down");
  await rm(join(made.directory, ".aura/test/environment.json"));
  const { code, stderr } = await made.aura("up", "--target", "kubernetes");
  expect([code, stderr]).toEqual([2, expect.stringContaining("test is deployed on rehearsal, not on kubernetes")]);
  expect((await made.aura("down")).code).toBe(0);
});

test("another file's environment is left alone", async () => {
  const made = await project();
  await made.aura("up");
  await made.write("other.yaml", (await made.read("aura.yaml")).replace("name: test", "name: other"));
  const { code, stderr } = await made.aura("down", "--yes", "--file", "other.yaml");
  expect([code, stderr]).toEqual([2, expect.stringContaining("test is deployed, but not other")]);
  expect(made.servers.size).toBe(1);
  made.env = { AURA_NAME: "test" };
  expect((await made.aura("down", "--file", "other.yaml")).code).toBe(0);
  expect(made.servers.size).toBe(0);
});

test("pools of an older file are replaced", async () => {
  const made = await project();
  await made.aura("up");
  const file = await made.read("aura.yaml");
  await made.write("aura.yaml", file.replace("  gpu:", "  big:"));
  expect((await made.aura("up")).code).toBe(0);
  const [server] = made.servers.values();
  const pools = server?.core.list({ apiVersion: "karpenter.sh/v1", kind: "NodePool" }).items ?? [];
  expect(pools.map(({ metadata }) => metadata.name).sort()).toEqual(["big", "cpu"]);
  expect((await made.aura("down", "-o", "json")).json<Summary>().leftovers).toEqual([]);
});

test("two jobs of one name are refused", async () => {
  const made = await project({ jobs: timerJob("twin") });
  await made.write("other.yml", processJob("twin", "exit 7"));
  const { code, stderr } = await made.aura("cycle", "--job", "jobs.yml", "--job", "other.yml");
  expect(code).toBe(2);
  expect(stderr).toContain("several jobs are called default/twin");
});

test("a job in no namespace is the user's to fix", async () => {
  const made = await project({ jobs: timerJob("lost").replace("name: lost", "name: lost, namespace: nowhere") });
  const { code, stderr } = await made.aura("cycle");
  expect(code).toBe(2);
  expect(stderr).toContain("namespace nowhere does not exist");
});

test("status answers while another command works", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "20m" }) });
  let status: Promise<{ code: number; json<T>(): T }> | undefined;
  when(made, /work-\w+ running/, () => {
    status = made.aura("status", "-o", "json");
  });
  await made.aura("cycle");
  const answer = await status;
  expect(answer?.code).toBe(0);
  expect(answer?.json()).toMatchObject({ environment: "test", jobs: [{ name: "work", status: "active" }] });
});

test("commands of one run do not tell things twice", async () => {
  const made = await project();
  await made.aura("up");
  const { report } = (await made.aura("run", "-o", "json")).json<Summary>();
  await made.aura("collect");
  await made.aura("down");
  const lines = (await made.read((report?.timeline ?? "").replace(`${made.directory}/`, ""))).trim().split("\n");
  const told = lines
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === "event" || type === "pod" || type === "node");
  const texts = told.map(({ wall: _, ...rest }) => JSON.stringify(rest));
  expect(texts.filter((text, index) => texts.indexOf(text) < index)).toEqual([]);
});

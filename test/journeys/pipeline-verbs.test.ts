import { describe, expect, it, test } from "vitest";

import type { Summary } from "../../src/timeline/summary.ts";
import { project, timerJob } from "./harness.ts";

describe("up", () => {
  it("plans without making anything", async () => {
    const made = await project();
    const { code, stdout } = await made.aura("up", "--plan");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /a deploy would\n.*embedded cluster[\s\S]*apply NodePool gpu\n\$0\.\d+ an hour from then on/,
    );
    expect(made.servers.size).toBe(0);
    expect((await made.aura("status")).stderr).toContain("nothing is deployed");
  });

  it("stops where it is told and goes on from there", async () => {
    const made = await project();
    const state = await made.aura("up", "--until", "state", "-o", "json");
    expect(state.json()).toMatchObject({ ok: true, until: "state" });
    expect(made.servers.size).toBe(0);
    const karpenter = await made.aura("up", "--until", "karpenter", "-o", "json");
    expect(made.servers.size).toBe(1);
    expect(karpenter.stderr).not.toContain("pools");
    const whole = await made.aura("up", "-o", "json");
    expect(whole.stderr).toContain("cluster already so");
    expect(whole.stderr).toContain("pools done");
    expect(whole.json<{ run: string }>().run).toBe(state.json<{ run: string }>().run);
  });

  it.each([
    [["--plan", "--until", "state"], "--plan and --until"],
    [["--plan", "--detach"], "--plan and --detach"],
    [["--until", "nothing"], "Expected"],
  ])("refuses %s", async (flags, message) => {
    const { code, stderr } = await (await project()).aura("up", ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("wait", () => {
  it("ends when the detached jobs have", async () => {
    const made = await project({ jobs: timerJob("work") });
    await made.aura("up");
    await made.aura("run", "--detach");
    const { code, json } = await made.aura("wait", "-o", "json");
    expect(code).toBe(0);
    expect(json<Summary>().jobs).toMatchObject([{ name: "work", status: "succeeded" }]);
  });

  it("fails as run does, each time it is asked", async () => {
    const made = await project({ jobs: timerJob("bad", { exitCode: 3 }) });
    await made.aura("up");
    await made.aura("run", "--detach");
    for (const ended of [await made.aura("wait"), await made.aura("wait", "jobs")]) {
      expect(ended.code).toBe(4);
      expect(ended.stderr).toContain("bad failed");
    }
  });

  it("gives up after the timeout it is given", async () => {
    const made = await project({ jobs: timerJob("long", { duration: "10h" }) });
    await made.aura("up");
    await made.aura("run", "--detach");
    const { code, stderr } = await made.aura("wait", "--timeout", "20m");
    expect(code).toBe(4);
    expect(stderr).toContain("did not end within 20 min");
  });

  it("finds Karpenter ready where the cluster is", async () => {
    const made = await project();
    await made.aura("up", "--until", "karpenter");
    expect((await made.aura("wait", "karpenter", "-o", "json")).json()).toMatchObject({ ready: "embedded cluster" });
  });

  it.each([
    ["before up", ["wait"], "aura up"],
    ["for what there is not", ["wait", "godot"], "godot"],
  ])("refuses %s", async (_, argv, message) => {
    const { code, stderr } = await (await project()).aura(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("has nothing to wait for before a run", async () => {
    const made = await project();
    await made.aura("up");
    expect((await made.aura("wait")).stderr).toContain("no job of this run is there");
  });
});

describe("collect", () => {
  it("sees idle nodes go when it is told to", async () => {
    const made = await project({ jobs: timerJob("work") });
    await made.aura("up");
    await made.aura("run");
    const { nodes } = (await made.aura("collect", "--release-idle", "-o", "json")).json<Summary>();
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.filter(({ goneAt }) => goneAt === null)).toEqual([]);
  });
});

describe("outputs", () => {
  it("are for people, programs and workflows", async () => {
    const made = await project();
    await made.aura("up");
    const data = (await made.aura("outputs", "-o", "json")).json();
    expect(data).toMatchObject({ environment: "test", target: "rehearsal", region: "us-east-1" });
    expect(data["cluster_endpoint"]).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect((await made.aura("outputs")).stdout).toMatch(/^environment +test\n/);
    expect((await made.aura("outputs", "-o", "github")).stdout).toContain("\nregion=us-east-1\n");
    await made.write("output", "earlier=yes\n");
    made.env = { GITHUB_OUTPUT: `${made.directory}/output` };
    expect((await made.aura("outputs", "-o", "github")).stdout).toBe("");
    expect(await made.read("output")).toMatch(/^earlier=yes\nenvironment=test\n[\s\S]*kubeconfig=\/.+\n$/);
  });
});

describe("kubeconfig", () => {
  it("prints the path of one that works", async () => {
    const made = await project();
    await made.aura("up");
    const { code, stdout } = await made.aura("kubeconfig");
    expect(code).toBe(0);
    expect(await made.read(stdout.trim().replace(made.directory, "."))).toContain("127.0.0.1");
  });

  it("has none before up", async () => {
    expect((await (await project()).aura("kubeconfig")).code).toBe(2);
  });
});

describe("without GPUs", () => {
  const jobs = `${timerJob("small")}---\n${timerJob("large", { gpus: 1 })}`;

  test("neither their pools nor their jobs are there", async () => {
    const made = await project({ jobs });
    made.env = { AURA_GPU: "false" };
    expect((await made.aura("up", "--plan")).stdout).not.toContain("gpu");
    await made.aura("up");
    const { jobs: ran } = (await made.aura("run", "-o", "json")).json<Summary>();
    expect(ran.map(({ name }) => name)).toEqual(["small"]);
  });

  test("a job that is named has to fit all the same", async () => {
    const made = await project({ jobs });
    made.env = { AURA_GPU: "false" };
    await made.aura("up");
    const { code, stderr } = await made.aura("run", "--job", "jobs.yml");
    expect(code).toBe(2);
    expect(stderr).toContain("large");
  });

  test("an environment of GPUs alone is none", async () => {
    const made = await project({ environment: "name: test\npools: { gpu: {} }\n" });
    made.env = { AURA_GPU: "false" };
    const { code, stderr } = await made.aura("up", "--plan");
    expect(code).toBe(2);
    expect(stderr).toContain("every pool has GPUs");
  });
});

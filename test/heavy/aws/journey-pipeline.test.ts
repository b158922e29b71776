import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { left, onWorld } from "./journey-world.ts";

onWorld("the steps of the pipeline, by the built command line", (open) => {
  test("each goes on where the one before it stopped", async () => {
    const world = await open();
    const { aura, directory } = world;
    const run = async (...argv: string[]) => {
      const ended = await aura(argv);
      expect(ended.code, `aura ${argv.join(" ")}\n${ended.stderr}`).toBe(0);
      return ended;
    };
    const before = JSON.parse((await run("up", "--plan", "-o", "json")).stdout);
    expect(before.resources.length).toBeGreaterThan(50);
    expect(await left(world)).toEqual([]);

    expect((await run("up", "--until", "state", "--yes")).stderr).not.toContain("terraform");
    expect((await run("up", "--plan")).stdout).toMatch(/make \d+ resources: [\s\S]*an hour from then on/);
    expect(await left(world)).toEqual([]);
    expect((await run("up", "--until", "terraform", "--yes")).stderr).not.toMatch(/step +karpenter/);
    expect((await run("up", "--plan")).stdout).toContain("nothing would change");
    const outputs = JSON.parse((await run("outputs", "-o", "json")).stdout);
    expect(outputs).toMatchObject({ target: "aws", region: "us-east-1", cluster_name: "aura-shop" });
    // stand-ins have no ARNs
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(["cluster_endpoint", "karpenter_role_arn", "vpc_id"]));
    expect(Object.keys(outputs)).not.toContain("cluster_ca");
    const path = (await run("kubeconfig")).stdout.trim();
    expect(await readFile(path, "utf8")).toContain("aura-shop");
    await run("up", "--until", "karpenter", "--yes");
    await run("wait", "karpenter");
    await run("up", "--yes");
    await run("run", "--detach");
    const waited = JSON.parse((await run("wait", "-o", "json")).stdout);
    expect(waited.jobs.map(({ status }: { status: string }) => status)).toEqual(["succeeded", "succeeded"]);
    const collected = JSON.parse((await run("collect", "--release-idle", "-o", "json")).stdout);
    expect(collected.nodes.every(({ goneAt }: { goneAt: string | null }) => goneAt !== null)).toBe(true);
    await run("down", "--yes");
    expect(await left(world)).toEqual([]);
    await run("report", join(directory, "report", collected.run));
  });
});

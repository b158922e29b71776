import { rm } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { journal, left, onWorld } from "./journey-world.ts";
import type { World } from "./world.ts";
import { leak } from "./world-leaks.ts";

onWorld("an environment on AWS in bad weather", (open) => {
  const up = async (world: World) => {
    const ended = await world.aura(["up", "--yes"]);
    expect(ended.code, ended.stderr).toBe(0);
  };
  const isGone = async (world: World, env: Record<string, string> = {}) => {
    const down = await world.aura(["down", "--yes"], { env });
    expect([down.code, await left(world)], down.stderr).toEqual([0, []]);
    return down;
  };

  test("passes through throttling, 5xx and broken connections", async () => {
    const world = await open();
    const { front } = world.aws;
    front.fault({ kind: "throttle", every: 4 });
    front.fault({ kind: "server-error", every: 11 });
    front.fault({ kind: "reset", every: 17 });
    const ended = await world.aura(["cycle", "--yes", "-o", "json"]);
    expect([ended.code, await left(world)], ended.stderr).toEqual([0, []]);
  });

  test("credentials that expire midway lose nothing", async () => {
    const world = await open();
    const { front, env } = world.aws;
    const mend = front.fault({ kind: "expired", accessKeyId: `${env["AWS_ACCESS_KEY_ID"]}`, after: 40 });
    const ended = await world.aura(["cycle", "--yes"]);
    expect(ended.code, ended.stderr).toBe(2);
    expect(ended.stderr).toContain("the AWS credentials have expired");
    const renewed = { AWS_ACCESS_KEY_ID: "AKIARENEWED000000000" };
    const again = await world.aura(["cycle", "--yes"], { env: renewed });
    expect([again.code, await left(world)], again.stderr).toEqual([0, []]);
    mend();
  });

  test("an account that is not the environment's is refused", async () => {
    const world = await open();
    await up(world);
    const lines = (await journal(world)).length;
    const other = { Account: "999999999999", Arn: "arn:aws:iam::999999999999:user/x", UserId: "x" };
    const mend = world.aws.front.answer("STS", "GetCallerIdentity", () => other);
    const refused = await world.aura(["down", "--yes"]);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain("999999999999");
    mend();
    expect((await journal(world)).length).toBeGreaterThanOrEqual(lines);
    expect((await left(world)).length).toBeGreaterThan(20);
    await isGone(world);
  });

  test("an account that is not allowed is refused before anything is made", async () => {
    const world = await open({ more: '  accounts: ["999999999999"]\n' });
    const refused = await world.aura(["up", "--yes"]);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain("123456789012");
    expect(await left(world)).toEqual([]);
  });

  test("without an API server everything goes all the same", async () => {
    const world = await open();
    const run = await world.aura(["up", "--yes"]);
    expect(run.code, run.stderr).toBe(0);
    const seeded = await leak(world.aws.inside, { everything: true });
    await world.endpoint.close();
    const down = await isGone(world);
    console.log(`API server gone: leftovers seeded ${seeded.length}, left 0`);
    expect(down.stderr).toContain("goes on without the cluster: ");
    expect(down.stderr).toContain("left    nothing");
  });

  test("a state that is lost is made up for by a sweep", async () => {
    const world = await open({ more: "  state: local\n" });
    await up(world);
    await rm(join(world.directory, ".aura", "shop", "target", "terraform.tfstate"));
    await isGone(world);
  });

  test("what a destroy leaves behind is swept away", async () => {
    const world = await open();
    await up(world);
    const { provider, aws } = world;
    provider.onTurn = async ({ action, resource, moment }) => {
      if (action === "remove" && resource === "aws_eks_cluster.this" && moment === "after") {
        provider.onTurn = undefined;
        await leak(aws.inside, { everything: false });
      }
    };
    await isGone(world);
  });
});

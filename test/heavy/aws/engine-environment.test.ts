import { spawnSync } from "node:child_process";

import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, it } from "vitest";

import type { EngineOptions } from "../../../src/aws/tofu/engine-options.ts";
import { terraformStep } from "../../../src/cli/targets/terraform-step.ts";
import type { Observation } from "../../../src/timeline/entries.ts";
import { terraformOf } from "../../synth/terraform/documents.ts";
import { standIn } from "../terraform/stand-in.ts";
import { onAws } from "./aws.ts";
import { engines, engineWorld, env, provisioner, removeWorlds, rootModule } from "./engine-world.ts";

afterAll(removeWorlds);

const never = new AbortController().signal;
const root = "terraform/environments/dev";

/** All of `terraform/`, with the engine's own resource in place of AWS's. */
function standInFiles(): ReadonlyMap<string, string> {
  const files = [...terraformOf({}).files].map(([path, text]): [string, string] => [
    path,
    path.endsWith("main.tf.json") ? JSON.stringify(standIn(JSON.parse(text))) : text,
  ]);
  return new Map(files);
}

describe.each(engines)("the dev environment by %s", (name) => {
  it("comes whole and goes whole as a step", async () => {
    const world = await engineWorld(name, standInFiles(), {
      root,
      variables: { run: "dev-1", expires_at: "2026-11-25T09:00:00Z", public_access_cidrs: ["192.0.2.1/32"] },
    });
    const seen: Observation[] = [];
    const questions: string[] = [];
    const step = terraformStep({
      run: {
        observe: async (observation) => void seen.push(observation),
        confirm: async (question) => {
          questions.push(question);
          return true;
        },
      },
      engine: async (listener) => world.again({ listener }).engine,
      usdPerHour: 0.145,
      between: async () => {},
    });
    expect(await step.observe(never)).toBe("absent");
    await step.ensure(never);
    const made = Number(/make (\d+) resources: /.exec(questions.join())?.[1]);
    expect(made).toBeGreaterThan(90);
    const last = { done: made, of: made, state: "succeeded" };
    expect(seen.at(-1)).toMatchObject({ ...last, action: "create" });
    expect(await step.observe(never)).toBe("partial");
    expect(await world.engine.outputs(never)).toHaveProperty("cluster_name", "aura-dev");

    await step.ensure(never);
    expect(questions).toHaveLength(1);
    await step.undo(never);
    expect(seen.at(-1)).toMatchObject({ ...last, action: "delete" });
    expect(await step.observe(never)).toBe("absent");
    console.info(`${name}: ${made} resources made and removed, ${seen.length} observations`);
  });
});

await onAws("a state in S3, by moto", (aws) => {
  const bucket = "aura-123456789012-us-east-1";
  const key = "aura/dev/aura-dev.tfstate";
  const place = (): Partial<EngineOptions> => ({
    backend: { kind: "s3", bucket, key, region: "us-east-1", accountId: "123456789012", endpoint: aws().moto.url },
    env: { ...env, ...aws().env },
  });

  it.each(engines)("is kept and locked there by %s", async (name) => {
    await aws().inside.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const world = await engineWorld(name, rootModule({ one: {} }), place());
    expect(await world.engine.resources(never)).toEqual([]);
    await world.engine.plan(never);
    await world.engine.apply(never);

    // what a killed runner leaves
    const id = "5f3b9c1e-0d3a-7d0e-9a59-2c1f8f0f7a11";
    const lock = {
      ...{ ID: id, Operation: "OperationTypeApply", Info: "", Who: "runner@gone", Version: "1.12.6" },
      ...{ Created: "2026-11-25T01:00:00.123456789Z", Path: `${bucket}/${key}` },
    };
    const left = { Bucket: bucket, Key: `${key}.tflock`, Body: JSON.stringify(lock) };
    await aws().inside.s3.send(new PutObjectCommand(left));
    const { engine } = world.again({ lockTimeoutSeconds: 1 });
    await expect(engine.destroy(never)).rejects.toMatchObject({
      code: "STATE_LOCKED",
      message: expect.stringMatching(/^s3:.*aura-dev.tfstate is locked by runner@gone since 2026-11-25 01:00:00.*ago/),
      details: { fix: expect.stringContaining(`force-unlock ${id}`) },
    });
  });

  it.each(engines)("is refused to other accounts by %s", async (name) => {
    const { backend } = place();
    if (backend?.kind !== "s3") throw new Error("the state is not in S3");
    const world = await engineWorld(name, rootModule({ one: {} }), {
      ...place(),
      backend: { ...backend, accountId: "210987654321" },
    });
    await expect(world.engine.plan(never)).rejects.toMatchObject({ code: "AWS_CREDENTIALS" });
  });

  it.each(engines)("is missed where its bucket is not, by %s", async (name) => {
    const world = await engineWorld(name, rootModule({ one: {} }), place());
    await expect(world.engine.plan(never)).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      details: { why: expect.stringContaining("bucket is gone") },
    });
  });

  it.each(engines)("shows no credentials in what %s leaves", async (name) => {
    await aws().inside.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const files = rootModule({ one: { provisioner: [provisioner("true")] } });
    const world = await engineWorld(name, files, place());
    await world.engine.plan(never);
    await world.engine.apply(never);
    const found = spawnSync("grep", ["-rl", "AKIAIOSFODNN7EXAMPLE", world.folder], { encoding: "utf8" });
    expect(found.stdout).toBe("");
  });
});

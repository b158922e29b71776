import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import type { Failure } from "../../../src/kernel/failure.ts";
import { engines, engineWorld, provisioner, reference, removeWorlds, rootModule } from "./engine-world.ts";

afterAll(removeWorlds);

const never = new AbortController().signal;
const two = rootModule({ first: { input: "1" }, second: { input: reference("terraform_data.first.id") } });

describe.each(engines)("an environment by %s", (name) => {
  it("is made, known and removed", async () => {
    const { engine, seen } = await engineWorld(name, two);
    expect(await engine.resources(never)).toEqual([]);
    const plan = await engine.plan(never);
    expect(plan.counts).toEqual({ create: 2, update: 0, delete: 0, replace: 0 });
    await engine.apply(never);
    expect(seen.filter(({ state }) => state === "succeeded")).toMatchObject([
      { address: "terraform_data.first", resourceType: "terraform_data", action: "create", done: 1, of: 2 },
      { address: "terraform_data.second", resourceType: "terraform_data", action: "create", done: 2, of: 2 },
    ]);
    expect(await engine.outputs(never)).toEqual({ run: "run-1" });
    expect((await engine.resources(never)).map(({ address }) => address)).toEqual([
      "terraform_data.first",
      "terraform_data.second",
    ]);
    expect((await engine.plan(never)).hasChanges).toBe(false);
    await engine.destroy(never);
    expect(seen.at(-1)).toMatchObject({ action: "delete", done: 2, of: 2 });
    expect(await engine.resources(never)).toEqual([]);
  });

  it("counts a replacement as two", async () => {
    const before = await engineWorld(name, rootModule({ one: { triggers_replace: "a" } }));
    await before.engine.plan(never);
    await before.engine.apply(never);
    const { engine, seen } = before.again({ files: rootModule({ one: { triggers_replace: "b" } }) });
    expect((await engine.plan(never)).counts.replace).toBe(1);
    await engine.apply(never);
    expect(seen.map(({ action, state, done, of }) => `${action} ${state} ${done}/${of}`)).toEqual([
      "delete started 0/2",
      "delete succeeded 1/2",
      "create started 1/2",
      "create succeeded 2/2",
    ]);
  });

  it("forgets files of an older one", async () => {
    const world = await engineWorld(
      name,
      new Map([...two, ["root/old.tf.json", "{}"], ["root/x.auto.tfvars.json", "{}"]]),
    );
    await world.engine.init(never);
    writeFileSync(join(world.folder, "work/root/stray.tf"), "not terraform {");
    const { engine } = world.again({ files: two });
    await engine.plan(never);
    expect(
      readdirSync(join(world.folder, "work/root"))
        .filter((file) => file.includes(".tf"))
        .toSorted(),
    ).toEqual(["aura.auto.tfvars.json", "aura.tfplan", "backend_override.tf.json", "main.tf.json"]);
  });

  it("keeps what it said in a log", async () => {
    const { engine, options, folder } = await engineWorld(name, two);
    await engine.plan(never);
    const logs = readdirSync(options.logs).toSorted();
    expect(logs.map((log) => log.replace(/^[\d-]+/, ""))).toEqual(["init.jsonl", "plan.jsonl"]);
    expect(readFileSync(join(options.logs, logs[1] ?? ""), "utf8")).toContain('"planned_change"');
    expect(existsSync(join(folder, "work/engine.json"))).toBe(false);
  });
});

describe.each(engines)("what goes wrong with %s", (name) => {
  it("is told by resource, with the log", async () => {
    const broken = { provisioner: [provisioner("echo 'api error VcpuLimitExceeded: no more' >&2; exit 1")] };
    const { engine, seen, notices } = await engineWorld(name, rootModule({ fine: {}, broken }));
    await engine.plan(never);
    const failure = await engine.apply(never).catch((error: unknown) => error as Failure);
    expect(failure).toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining("apply failed: terraform_data.broken: local-exec provisioner error"),
      details: { where: expect.stringMatching(/-apply\.jsonl$/), fix: expect.stringContaining("L-1216C47A") },
    });
    expect(seen.at(-1)).toMatchObject({ address: "terraform_data.broken", state: "failed" });
    expect(notices).toEqual([]);
  });

  it("is tried again where that helps", async () => {
    const world = await engineWorld(name, new Map());
    const tries = world.mark("tries");
    const command = `echo x >> ${tries}; [ $(wc -l < ${tries}) -ge 3 ] || { echo 'api error Throttling: Rate exceeded'; exit 1; }`;
    const files = rootModule({ shy: { provisioner: [provisioner(command)] } });
    const { engine, notices } = world.again({ files });
    await engine.plan(never);
    await engine.apply(never);
    expect(readFileSync(tries, "utf8")).toBe("x\nx\nx\n");
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain("apply is tried again in 10.0 s (terraform_data.shy: ");
    expect(await engine.resources(never)).toHaveLength(1);
  });

  it("is tried no more than four times", async () => {
    const world = await engineWorld(name, new Map());
    const tries = world.mark("tries");
    const command = `echo x >> ${tries}; echo 'RequestLimitExceeded'; exit 1`;
    const { engine } = world.again({ files: rootModule({ shy: { provisioner: [provisioner(command)] } }) });
    await engine.plan(never);
    await expect(engine.apply(never)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    expect(readFileSync(tries, "utf8")).toBe("x\nx\nx\nx\n");
  });

  it("is swept between tries of destroy", async () => {
    const world = await engineWorld(name, new Map());
    const stuck = world.mark("interface");
    writeFileSync(stuck, "");
    const command = `[ ! -e ${stuck} ] || { echo 'api error DependencyViolation: has dependencies'; exit 1; }`;
    const files = rootModule({ subnet: { provisioner: [provisioner(command, "destroy")] } });
    const { engine } = world.again({ files });
    await engine.plan(never);
    await engine.apply(never);
    let swept = 0;
    await engine.destroy(never, async () => {
      swept += 1;
      if (swept === 2) rmSync(stuck);
    });
    expect(swept).toBe(2);
    expect(await engine.resources(never)).toEqual([]);
  });

  it("comes out of files it cannot read", async () => {
    const { engine } = await engineWorld(name, new Map([["root/main.tf.json", '{"resource": {"terraform_data": 1}}']]));
    await expect(engine.plan(never)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });
});

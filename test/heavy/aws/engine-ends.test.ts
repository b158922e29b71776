import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { build } from "tsdown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Failure } from "../../../src/kernel/failure.ts";
import { isAlive, type ProcessIdentity } from "../../../src/kernel/processes.ts";
import { type EngineWorld, engines, engineWorld, env, provisioner, removeWorlds, rootModule } from "./engine-world.ts";

/** Where the command to kill is built. */
const built = mkdtempSync(join(tmpdir(), "aura-engine-built-"));
beforeAll(async () => {
  const entry = fileURLToPath(new URL("./engine-apply.ts", import.meta.url));
  await build({ entry, outDir: built, format: "esm", dts: false, config: false, logLevel: "error" });
});
afterAll(() => {
  removeWorlds();
  rmSync(built, { recursive: true, force: true });
});

const never = new AbortController().signal;

/** A chain of resources, each of which leaves a line and then takes its time. */
function chain(world: EngineWorld, length: number, seconds: number) {
  const marks = world.mark("made");
  const resources = Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `r${index}`,
      {
        ...(index > 0 && { depends_on: [`terraform_data.r${index - 1}`] }),
        provisioner: [provisioner(`echo r${index} >> ${marks}; sleep ${seconds}`)],
      },
    ]),
  );
  return { files: rootModule(resources), marks };
}

async function until(what: () => boolean): Promise<void> {
  for (let left = 600; !what(); left -= 1) {
    if (left === 0) throw new Error("it does not come");
    await pause(50);
  }
}

const lines = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : []);
const noted = (world: EngineWorld): ProcessIdentity =>
  JSON.parse(readFileSync(join(world.folder, "work/engine.json"), "utf8"));

describe.each(engines)("an interrupt of %s", (name) => {
  it("ends it in good order, and the next one goes on", async () => {
    const base = await engineWorld(name, new Map());
    const { files, marks } = chain(base, 3, 1);
    const { engine, seen } = base.again({ files });
    await engine.plan(never);
    const controller = new AbortController();
    const applying = engine.apply(controller.signal);
    await until(() => lines(marks).includes("r1"));
    controller.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
    await expect(applying).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(existsSync(join(base.folder, "work/engine.json"))).toBe(false);
    expect(seen.at(-1)).toMatchObject({ address: "terraform_data.r1", state: "failed" });

    const next = base.again({ files });
    // what was not finished is known, and is made anew
    expect((await next.engine.resources(never)).map(({ address }) => address)).toEqual([
      "terraform_data.r0",
      "terraform_data.r1",
    ]);
    expect((await next.engine.plan(never)).counts).toEqual({ create: 1, update: 0, delete: 0, replace: 1 });
    await next.engine.apply(never);
    expect(lines(marks)).toEqual(["r0", "r1", "r1", "r2"]);
    await next.engine.destroy(never);
    expect(await next.engine.resources(never)).toEqual([]);
  });
});

describe.each(engines)("a lock held by another %s", (name) => {
  it("is told with its holder", async () => {
    const base = await engineWorld(name, new Map());
    const { files, marks } = chain(base, 1, 4);
    const holder = base.again({ files });
    await holder.engine.plan(never);
    const held = holder.engine.apply(never);
    await until(() => lines(marks).length === 1);
    const { engine, notices } = base.again({
      files,
      folder: join(base.folder, "elsewhere"),
      lockTimeoutSeconds: 1,
    });
    const failure = await engine.plan(never).catch((error: unknown) => error as Failure);
    expect(failure).toMatchObject({
      code: "STATE_LOCKED",
      message: expect.stringMatching(
        /terraform.tfstate is locked by \S+@\S+ since 20\d\d-.* ago, for OperationTypeApply/,
      ),
      details: { fix: expect.stringContaining("fuser") },
    });
    expect(notices).toEqual(["waits for the state's lock"]);
    await held;
    expect((await engine.plan(never)).hasChanges).toBe(false);
  });
});

/** Applies in a process of its own, as a command of aura does, to be killed. */
function applyElsewhere(world: EngineWorld): ChildProcess {
  const { files, backend, folder, logs, program, root } = world.options;
  const options = join(world.folder, "options.json");
  writeFileSync(options, JSON.stringify({ files: [...files], backend, folder, logs, program, root }));
  return spawn(process.execPath, [join(built, "engine-apply.mjs"), options], {
    stdio: "ignore",
    env: env as NodeJS.ProcessEnv,
  });
}

describe.each(engines)("a killed command of %s", (name) => {
  it("leaves the engine at work, and the next one watches it", async () => {
    const base = await engineWorld(name, new Map());
    const { files, marks } = chain(base, 3, 1);
    const world = base.again({ files });
    const command = applyElsewhere(world);
    await until(() => lines(marks).includes("r0"));
    command.kill("SIGKILL");
    await until(() => command.signalCode !== null);
    const engine = noted(world);
    expect(isAlive(engine)).toBe(true);

    const next = base.again({ files });
    expect((await next.engine.plan(never)).hasChanges).toBe(false);
    expect(isAlive(engine)).toBe(false);
    expect(next.notices[0]).toBe("goes on watching the apply that an interrupted command left at work");
    expect(next.seen.filter(({ state }) => state === "succeeded").map(({ done, of }) => `${done}/${of}`)).toEqual([
      "1/3",
      "2/3",
      "3/3",
    ]);
    expect(lines(marks)).toEqual(["r0", "r1", "r2"]);
  });

  it("hands an interrupt on to the engine that it left", async () => {
    const base = await engineWorld(name, new Map());
    const { files, marks } = chain(base, 3, 2);
    const world = base.again({ files });
    const command = applyElsewhere(world);
    await until(() => lines(marks).includes("r0"));
    command.kill("SIGKILL");
    const engine = noted(world);

    const controller = new AbortController();
    const next = base.again({ files });
    const planning = next.engine.plan(controller.signal);
    await until(() => next.notices.length > 0);
    controller.abort(new Failure("TERMINATED", "stopped by SIGTERM"));
    await expect(planning).rejects.toMatchObject({ code: "TERMINATED" });
    expect(isAlive(engine)).toBe(false);
    expect(lines(marks)).toEqual(["r0"]);
    expect(await next.engine.resources(never)).toHaveLength(1);
  });
});

describe.each(engines)("a killed %s", (name) => {
  it.each([0, 1, 2, 3])("at resource %i is gone on from", async (at) => {
    const base = await engineWorld(name, new Map());
    const { files, marks } = chain(base, 4, 0.6);
    const world = base.again({ files });
    await world.engine.plan(never);
    const applying = world.engine.apply(never).catch((error: unknown) => error as Failure);
    await until(() => lines(marks).includes(`r${at}`));
    process.kill(noted(world).pid, "SIGKILL");
    expect(await applying).toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("SIGKILL") });

    const next = base.again({ files });
    await next.engine.plan(never);
    await next.engine.apply(never);
    expect(await next.engine.resources(never)).toHaveLength(4);
    // tofu saves its state every 20 seconds: what was made since then is made again here, and would be left over on AWS
    const again = lines(marks).filter((mark) => mark === `r${at - 1}`).length;
    if (name === "terraform") expect(again).toBe(at === 0 ? 0 : 1);
    await next.engine.destroy(never);
    expect(await next.engine.resources(never)).toEqual([]);
  });
});

describe.each(engines)("a state that %s could not save", (name) => {
  it("is saved by the next one", async () => {
    const files = rootModule({ one: {}, two: {} });
    const world = await engineWorld(name, files);
    await world.engine.plan(never);
    await world.engine.apply(never);
    // as if what was made could not be written down where it belongs
    const state = join(world.folder, "terraform.tfstate");
    const errored = join(world.folder, "work/root/errored.tfstate");
    writeFileSync(errored, readFileSync(state));
    rmSync(state);
    const next = world.again();
    expect(await next.engine.resources(never)).toHaveLength(2);
    expect(next.notices).toEqual(["the state that an earlier run could not save is saved now"]);
    expect(existsSync(errored)).toBe(false);
  });

  it("is kept when it is the older one", async () => {
    const world = await engineWorld(name, rootModule({ one: {} }));
    await world.engine.plan(never);
    await world.engine.apply(never);
    const older = readFileSync(join(world.folder, "terraform.tfstate"));
    const { engine } = world.again({ files: rootModule({ one: {}, two: {} }) });
    await engine.plan(never);
    await engine.apply(never);
    const errored = join(world.folder, "work/root/errored.tfstate");
    writeFileSync(errored, older);
    await expect(world.again().engine.plan(never)).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: "the state that an earlier run could not save is not accepted",
      details: { where: errored, why: expect.stringContaining("serial") },
    });
    expect(existsSync(errored)).toBe(true);
  });
});

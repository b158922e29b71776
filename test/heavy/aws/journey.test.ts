import { afterEach, describe, expect, test } from "vitest";

import { inventory } from "../../../src/aws/sweep/inventory.ts";
import { findTools } from "../clients/tools.ts";
import { findRealEngine } from "./engine-wrapper.ts";
import { findMoto } from "./moto.ts";
import { startWorld, type World } from "./world.ts";

const { program: moto } = await findMoto();
const engine = findRealEngine();
const { bin: helm } = await findTools();
const tools = moto && engine && helm ? { moto, engine, helm } : undefined;

describe.skipIf(tools === undefined)("an environment on AWS, by the built command line", () => {
  let world: World | undefined;
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });
  const open = async (project = {}) => {
    if (tools === undefined) throw new Error("no tools");
    world = await startWorld(tools, project);
    return world;
  };
  const scope = { cluster: "aura-shop", environment: "shop", account: "123456789012", region: "us-east-1" };

  test("cycle deploys, runs, collects and leaves nothing", async () => {
    const { aura, aws } = await open();
    const ended = await aura(["cycle", "--yes", "-o", "json"], { onText: (text) => process.stderr.write(text) });
    expect(ended.code, ended.stderr).toBe(0);
    console.log(aws.front.calls());
    expect((await inventory(aws.inside, scope)).found).toEqual([]);
  });
});

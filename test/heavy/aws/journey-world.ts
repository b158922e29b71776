import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, describe } from "vitest";

import { inventory } from "../../../src/aws/sweep/inventory.ts";
import { findTools } from "../clients/tools.ts";
import { findRealEngine } from "./engine-wrapper.ts";
import { findMoto } from "./moto.ts";
import { startWorld, type World, type WorldTools } from "./world.ts";
import { cluster, environment } from "./world-project.ts";

const { program: moto } = await findMoto();
const engine = findRealEngine();
const { bin: helm } = await findTools();
const tools: WorldTools | undefined = moto && engine && helm ? { moto, engine, helm } : undefined;

/** All kill points instead of a sample. */
export const all = process.env["AURA_ALL"] === "1";

/** Registers tests that open a world each; it is closed after the test. Without moto, an engine and helm they are skipped. */
export function onWorld(title: string, register: (open: typeof startWorld0) => void): void {
  const opened: World[] = [];
  describe.skipIf(tools === undefined)(title, () => {
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.stop();
    });
    register(async (project) => {
      const world = await startWorld0(project);
      opened.push(world);
      return world;
    });
  });
}

async function startWorld0(project?: { readonly more?: string }): Promise<World> {
  if (tools === undefined) throw new Error("tests of a world run only with its tools");
  return startWorld(tools, project);
}

export const scope = { cluster, environment, account: "123456789012", region: "us-east-1" };

/** What is left of the environment in the account, asked for by whoever no fault hits; empty is the proof. */
export async function left({ aws }: World): Promise<string[]> {
  const { found, ending, unchecked } = await inventory(aws.inside, scope);
  return [
    ...[...found, ...ending].map(({ kind, name }) => `${kind} ${name}`),
    ...unchecked.map(({ kind, why }) => `${kind} could not be looked for: ${why}`),
  ];
}

/** The lines of the environment's journal. */
export async function journal({ directory }: World): Promise<string[]> {
  const text = await readFile(join(directory, ".aura", environment, "journal.jsonl"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

import { expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import { dataFolder, kill, type Running, startProcess } from "./server.ts";
import { type Known, Writer } from "./writer.ts";

const kills = Number(process.env["KILLS"] ?? 100);
const seed = Number(process.env["SEED"] ?? 20_261_125);

type Found = Map<string, Exclude<Known, "gone">>;

interface Item {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly data?: { readonly text?: string };
}

test("no acknowledged write is lost by kill", async () => {
  const random = seededRandom(seed);
  const dataDir = await dataFolder();
  const writers = Array.from({ length: 6 }, (_, id) => new Writer(id, random));
  let seen = { version: 0, name: "" };
  const losses: string[] = [];
  let clockMs = 0;
  let server = await startProcess(dataDir);
  for (let round = 1; round <= kills; round += 1) {
    const watched = server.api.watch("/api/v1/configmaps?watch=1", (line) => {
      const { object } = JSON.parse(line) as { object: Item };
      const version = Number(object.metadata.resourceVersion);
      if (version > seen.version) seen = { version, name: object.metadata.name };
    });
    const working = writers.map((writer) => writer.run(server.api));
    await wait(20 + random.integer(300));
    await kill(server);
    await Promise.all([...working, watched]);
    server = await startProcess(dataDir);
    const { found, version, nowMs } = await look(server);
    losses.push(...writers.flatMap((writer) => writer.losses(found)));
    if (version < seen.version) losses.push(`${seen.name}: a watch showed version ${seen.version}, now ${version}`);
    if (nowMs < clockMs) losses.push(`the clock went back from ${clockMs} to ${nowMs}`);
    clockMs = nowMs;
    expect(losses).toEqual([]);
  }
  await kill(server);
  await rm(dataDir, { recursive: true, force: true });
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
  expect(acknowledged).toBeGreaterThan(kills * 10);
  console.log(`${kills} kills by SIGKILL, ${acknowledged} acknowledged writes, ${losses.length} lost (seed ${seed})`);
}, 3_600_000);

async function look({ api }: Running): Promise<{ found: Found; version: number; nowMs: number }> {
  const { body } = await api.ask("GET", "/api/v1/configmaps");
  const clock = await api.ask("GET", "/aura/v1/clock");
  const entries = (body["items"] as readonly Item[]).map(({ metadata, data }) => {
    const { name, uid, resourceVersion } = metadata;
    return [name, { version: Number(resourceVersion), uid, text: data?.text ?? "" }] as const;
  });
  return {
    found: new Map(entries),
    version: Number(body.metadata["resourceVersion"]),
    nowMs: Number((clock.body as unknown as { now: number }).now),
  };
}

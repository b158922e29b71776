import { writeSync } from "node:fs";
import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import type { WatchEvent } from "../../../src/cluster/api.ts";
import type { KubeObject } from "../../../src/cluster/objects.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { encodeFrame } from "../../../src/rehearsal/storage/frames.ts";
import { stateFolder, statePath } from "../../../src/rehearsal/storage/state-files.ts";
import { openStorage } from "../../../src/rehearsal/storage/storage.ts";
import { configMap } from "../core/objects.ts";
import { configMaps, everything, folder, openCore } from "./keep.ts";

const refOf = (name: string) => ({ ...configMaps, metadata: { name, namespace: "default" } });

test("a core comes back as it was", async () => {
  const dataDir = await folder();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(4), fc.nat(2)), { maxLength: 40 }),
      fc.boolean(),
      async (steps, small) => {
        const { core, storage } = openCore(dataDir, small ? { mostLogBytes: 2000 } : {});
        for (const [index, what] of steps) {
          const name = `map-${index}`;
          const found = core.find(refOf(name));
          if (found === undefined) core.create(configMap(name));
          else if (what === 0) core.delete(refOf(name));
          else core.patch(refOf(name), { data: { [`key-${index}`]: `${core.resourceVersion()}` } });
          if (what === 1) core.flush();
          if (what === 2) await new Promise((resolve) => setImmediate(resolve));
        }
        const before = [core.resourceVersion(), everything(core)];
        await storage.close();
        const again = openCore(dataDir);
        expect([again.core.resourceVersion(), everything(again.core)]).toEqual(before);
        expect(again.log).toEqual([]);
        await again.storage.close();
      },
    ),
    { seed: 4, numRuns: 60 },
  );
});

test("names and uids are not drawn again", async () => {
  const dataDir = await folder();
  const machine = manualClock();
  const seen = new Set<string>();
  for (let start = 0; start < 4; start += 1) {
    const { core, storage } = openCore(dataDir, { machine });
    for (let index = 0; index < 5; index += 1) {
      const { metadata } = core.create<KubeObject>({
        ...configMap(""),
        metadata: { generateName: "map-", namespace: "default" },
      });
      for (const drawn of [metadata.name ?? "", metadata.uid ?? ""]) {
        expect(seen).not.toContain(drawn);
        seen.add(drawn);
      }
    }
    await storage.close();
    await machine.advance(1);
  }
});

test("a watch goes on across a restart", async () => {
  const dataDir = await folder();
  const first = openCore(dataDir);
  first.core.create(configMap("a"));
  const from = first.core.resourceVersion();
  first.core.create(configMap("b"));
  first.core.delete(refOf("a"));
  await first.storage.close();
  const { core } = openCore(dataDir);
  const events: string[] = [];
  const note = ({ type, object }: WatchEvent<KubeObject>) => events.push(`${type} ${object.metadata.name}`);
  core.watch(configMaps, from, note);
  core.create(configMap("c"));
  expect(events).toEqual(["ADDED b", "DELETED a", "ADDED c"]);
});

test("a watch from before a snapshot expires", async () => {
  const dataDir = await folder();
  const first = openCore(dataDir, { mostLogBytes: 1000 });
  first.core.create(configMap("a"));
  const old = first.core.resourceVersion();
  first.core.create(configMap("b", { text: "x".repeat(2000) }));
  const latest = first.core.resourceVersion();
  first.core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } });
  first.core.flush();
  await first.storage.close();
  const { core } = openCore(dataDir);
  expect(() => core.watch(configMaps, old, () => {})).toThrow("too old resource version");
  // nothing of its kind happened since
  core.watch(configMaps, latest, () => {})();
});

test("a torn tail is cut, kept and told", async () => {
  const dataDir = await folder();
  const first = openCore(dataDir);
  first.core.create(configMap("kept"));
  await first.storage.close();
  const log = statePath(stateFolder(dataDir), "log", 0);
  const whole = (await stat(log)).size;
  const torn = encodeFrame(JSON.stringify({ now: 1, real: 1, entries: [] })).subarray(0, -3);
  await appendFile(log, torn);
  const again = openCore(dataDir);
  expect(again.core.find(refOf("kept"))).toBeDefined();
  expect(again.log).toEqual([expect.stringContaining(`ended in ${torn.length} bytes that were torn or corrupt`)]);
  expect(again.storage.report().problems).toEqual(again.log);
  expect(await readFile(`${log}.torn`)).toEqual(torn);
  again.core.create(configMap("later"));
  await again.storage.close();
  expect((await stat(log)).size).toBeGreaterThan(whole);
  const third = openCore(dataDir);
  expect(third.log).toEqual([]);
  expect(third.core.find(refOf("later"))).toBeDefined();
});

test("a log cut anywhere gives a state that was", async () => {
  const dataDir = await folder();
  const first = openCore(dataDir);
  const states = [everything(first.core)];
  for (let index = 0; index < 6; index += 1) {
    first.core.create(configMap(`map-${index}`));
    first.core.flush();
    states.push(everything(first.core));
  }
  await first.storage.close();
  const log = statePath(stateFolder(dataDir), "log", 0);
  const bytes = await readFile(log);
  const known = new Set(states.map((state) => JSON.stringify(state)));
  const start = bytes.indexOf("map-0") - 100;
  for (let cut = start; cut < bytes.length; cut += 97) {
    await writeFile(log, bytes);
    await truncate(log, cut);
    const { core, storage } = openCore(dataDir);
    expect(known).toContain(JSON.stringify(everything(core)));
    await storage.close();
  }
});

test("a corrupt snapshot is replaced by the one before", async () => {
  const dataDir = await folder();
  const first = openCore(dataDir, { mostLogBytes: 3000 });
  for (let index = 0; index < 6; index += 1) {
    first.core.create(configMap(`map-${index}`, { text: "x".repeat(4000 * (index + 1)) }));
    first.core.flush();
    while (first.storage.report().snapshotBytes < 4000 * (index + 1)) await new Promise((done) => setImmediate(done));
  }
  const before = everything(first.core);
  await first.storage.close();
  const path = statePath(stateFolder(dataDir), "snapshot", first.storage.report().generation);
  const bytes = await readFile(path);
  bytes[bytes.length - 3000] = 0;
  await writeFile(path, bytes);
  const again = openCore(dataDir);
  expect(everything(again.core)).toEqual(before);
  expect(again.log).toEqual([expect.stringContaining("is damaged: it was put aside")]);
});

test("lost snapshots are told, never hidden", async () => {
  const dataDir = await folder();
  const first = openCore(dataDir, { mostLogBytes: 1000 });
  first.core.create(configMap("early", { text: "x".repeat(2000) }));
  first.core.flush();
  while (first.storage.report().snapshotBytes === 0) await new Promise((done) => setImmediate(done));
  first.core.create(configMap("late"));
  await first.storage.close();
  const state = stateFolder(dataDir);
  await truncate(statePath(state, "snapshot", 1), 30);
  await rm(statePath(state, "log", 0));
  const { core, log } = openCore(dataDir);
  expect(log).toEqual([expect.stringContaining("is damaged"), expect.stringContaining("objects are lost")]);
  expect([core.find(refOf("early")), core.find(refOf("late"))]).toEqual([undefined, expect.anything()]);
});

test("a later format is refused, not misread", async () => {
  const dataDir = await folder();
  await openCore(dataDir).storage.close();
  await writeFile(statePath(stateFolder(dataDir), "log", 0), encodeFrame(JSON.stringify({ format: 2 })));
  expect(() => openStorage({ dataDir, clock: manualClock(), log: () => {} })).toThrow(
    "the state is of format 2, and this version reads up to 1",
  );
});

test("snapshots bound what a log grows to", async () => {
  const dataDir = await folder();
  const { core, storage, log } = openCore(dataDir, { mostLogBytes: 20_000 });
  core.create(configMap("busy"));
  for (let index = 0; index < 2000; index += 1) {
    core.patch(refOf("busy"), { data: { text: String(index).padStart(500, "x") } });
    if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await storage.close();
  const names = await readdir(stateFolder(dataDir));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(stateFolder(dataDir), name))).size));
  expect(sizes.reduce((a, b) => a + b)).toBeLessThan(1_000_000);
  expect(names.length).toBeLessThanOrEqual(5);
  expect(log).toEqual([]);
});

test("a full disk makes it read-only until there is room", async () => {
  const dataDir = await folder();
  let full = false;
  const { core, storage, machine, log } = openCore(dataDir, {
    write(fd, buffer, offset, length, position) {
      if (!full) return writeSync(fd, buffer, offset, length, position);
      if (length > 10) return writeSync(fd, buffer, offset, 5, position);
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    },
  });
  core.create(configMap("before"));
  expect(core.flush()).toBeUndefined();
  full = true;
  core.create(configMap("during"));
  expect(core.flush()).toMatchObject({ status: 500, message: expect.stringContaining("no space left on device") });
  expect(storage.report().readOnly).toContain("read-only");
  await machine.advance(5000);
  expect(core.flush()?.status).toBe(500);
  // what is on disk is what was, as a whole
  expect(openCore(dataDir).core.find(refOf("during"))).toBeUndefined();
  full = false;
  await machine.advance(2000);
  while (core.flush() !== undefined) await new Promise((resolve) => setImmediate(resolve));
  core.create(configMap("after"));
  await storage.close();
  expect(log).toEqual([expect.stringContaining("cannot write its state"), "the server can write its state again"]);
  const again = openCore(dataDir);
  const names = again.core.list(configMaps).items.map(({ metadata }) => metadata.name);
  expect(names).toEqual(["after", "before", "during"]);
  expect(again.log).toEqual([]);
});

test("time goes on where the cluster left it", async () => {
  const dataDir = await folder();
  const machine = manualClock(1_000_000_000_000);
  const ahead = 3_600_000;
  const first = openStorage({ dataDir, clock: machine, log: () => {} });
  expect(first.startMs).toBe(1_000_000_000_000);
  const open = first.open({ ...machine, now: () => machine.now() + ahead });
  open.append({ table: "/configmaps", key: "default/a", version: 1 });
  await open.close();
  await machine.advance(60_000);
  expect(openStorage({ dataDir, clock: machine, log: () => {} }).startMs).toBe(machine.now() + ahead);
  const back = manualClock(900_000_000_000);
  expect(openStorage({ dataDir, clock: back, log: () => {} }).startMs).toBe(1_000_000_000_000 + ahead);
});

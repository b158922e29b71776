import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { stateFolder } from "../../../src/rehearsal/storage/state-files.ts";
import { configMap } from "../../rehearsal/core/objects.ts";
import { everything, folder, openCore } from "../../rehearsal/storage/keep.ts";
import { counted, runsOf } from "./cases.ts";

/** Each write's state of the cluster, and a folder with the last two snapshots and the logs from then on. */
async function history(dataDir: string) {
  const { core, storage } = openCore(dataDir, { mostLogBytes: 9000 });
  const states = new Set<string>([stateText([])]);
  const note = () => states.add(stateText(everything(core)));
  note();
  for (let index = 0; index < 30; index += 1) {
    core.create(configMap(`map-${index}`, { text: "x".repeat(index * 30) }));
    core.flush();
    note();
    if (index % 3 === 0)
      core.delete({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `map-${index}`, namespace: "default" } });
    core.flush();
    note();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await storage.close();
  return states;
}

const stateText = (objects: readonly object[]) => JSON.stringify(objects);

test("no damage is fatal, and what is left is what once was", async () => {
  const [original, damaged] = [await folder(), await folder()];
  const states = await history(original);
  const from = stateFolder(original);
  const names = readdirSync(from);
  expect(names.length).toBeGreaterThanOrEqual(3);
  const change = fc.tuple(fc.nat(), fc.nat(), fc.nat(255), fc.constantFrom("set", "cut", "zero", "insert", "swap"));
  let cases = 0;
  let empty = 0;
  await fc.assert(
    fc.asyncProperty(change, fc.boolean(), async ([file, place, byte, how], wasWriting) => {
      const to = stateFolder(damaged);
      rmSync(to, { recursive: true, force: true });
      mkdirSync(damaged, { recursive: true });
      cpSync(from, to, { recursive: true });
      // as a server leaves it that was killed while it wrote a snapshot: two logs have to be read one after the other
      const [last = ""] = names.filter((name) => name.endsWith(".snapshot")).reverse();
      if (wasWriting) rmSync(join(to, last));
      const present = names.filter((name) => !wasWriting || name !== last);
      const path = join(to, present[file % present.length] ?? "");
      const bytes = readFileSync(path);
      writeFileSync(path, harmed(bytes, place % bytes.length, byte, how));
      const { core, storage, log } = openCore(damaged);
      const left = stateText(everything(core));
      cases += 1;
      await storage.close();
      // Nothing that could be read is an empty cluster, and that is told
      if (log.length > 0 && core.resourceVersion() !== "0" && !states.has(left)) {
        expect(log.join()).toContain("objects are lost");
        empty += 1;
      } else expect(states).toContain(left);
      // it goes on from there, and comes back as it was left
      const again = openCore(damaged);
      expect([again.log, stateText(everything(again.core))]).toEqual([[], left]);
      await again.storage.close();
    }),
    runsOf(600),
  );
  counted(cases);
  process.stdout.write(`storage: ${cases} cases, ${empty} with told losses\n`);
});

function harmed(bytes: Buffer, at: number, byte: number, how: string): Buffer {
  switch (how) {
    case "cut":
      return bytes.subarray(0, at);
    case "zero":
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(bytes.length - at)]);
    case "insert":
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]);
    case "swap":
      return Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + 1)]);
  }
}

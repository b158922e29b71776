import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Pod } from "../../../src/cluster/objects.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { type LogStore, logStore } from "../../../src/rehearsal/kubelet/log-store.ts";

const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "train", namespace: "ml", uid: "u-1" } };
const request = { namespace: "ml", pod: "train", uid: "u-1", container: "main" };

let dataDir: string;
let store: LogStore;
let clock: ReturnType<typeof manualClock>;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "aura-log-"));
  clock = manualClock();
  store = logStore({ dataDir, clock });
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function text(options: Partial<Parameters<LogStore["read"]>[0]> = {}, from = store): Promise<string> {
  let all = "";
  for await (const chunk of from.read({ ...request, ...options })) all += chunk;
  return all;
}

describe("logStore", () => {
  it("gives back the bytes of both streams", async () => {
    const log = store.open(pod, "main", 0);
    await log.write("stdout", Buffer.from("one\ntw"));
    await log.write("stderr", Buffer.from("oops\n"));
    await log.write("stdout", Buffer.from("o\n\nno newline"));
    await log.close();
    expect(await text()).toBe("one\noops\ntwo\n\nno newline");
  });

  it("puts the cluster's time before lines", async () => {
    const log = store.open(pod, "main", 0);
    await log.write("stdout", Buffer.from("early\n"));
    await clock.advance(1500);
    await log.write("stdout", Buffer.from("late\n"));
    await log.close();
    expect(await text({ timestamps: true })).toBe(
      "2026-01-01T00:00:00.000000000Z early\n2026-01-01T00:00:01.500000000Z late\n",
    );
    expect(await text({ sinceMs: clock.now() - 500 })).toBe("late\n");
  });

  it.each([
    [0, ""],
    [1, "c"],
    [2, "b\nc"],
    [9, "a\nb\nc"],
  ])("keeps the last %i lines", async (tailLines, expected) => {
    const log = store.open(pod, "main", 0);
    await log.write("stdout", Buffer.from("a\nb\nc"));
    await log.close();
    expect(await text({ tailLines })).toBe(expected);
  });

  it("keeps very long lines and characters whole", async () => {
    const line = "é€😀".repeat(40_000);
    const log = store.open(pod, "main", 0);
    await log.write("stdout", Buffer.from(`x${line}\nend\n`));
    await log.close();
    expect(await text({ timestamps: true })).toBe(
      `2026-01-01T00:00:00.000000000Z x${line}\n2026-01-01T00:00:00.000000000Z end\n`,
    );
    expect(await text({ tailLines: 1 })).toBe("end\n");
  });

  it("survives output that is not text", async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256));
    const log = store.open(pod, "main", 0);
    await log.write("stdout", bytes);
    await log.write("stdout", Buffer.from("\nafter\n"));
    await log.close();
    const all = await text();
    expect(all).toContain("\u0000");
    expect(all).toContain("\uFFFD");
    expect(all.endsWith("\nafter\n")).toBe(true);
  });

  it("drops the oldest files when rotating", async () => {
    const small = logStore({ dataDir, clock, rotation: { maxBytes: 200, maxFiles: 3 } });
    const log = small.open(pod, "main", 0);
    for (let line = 0; line < 40; line += 1) await log.write("stdout", Buffer.from(`line ${line}\n`));
    await log.close();
    const lines = (await text({}, small)).trim().split("\n");
    expect(await readdir(join(dataDir, "logs", "u-1", "main"))).toHaveLength(3);
    expect(lines.at(-1)).toBe("line 39");
    expect(lines.length).toBeLessThan(20);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, index) => `line ${40 - lines.length + index}`));
  });

  it("follows across rotation until the end", async () => {
    const small = logStore({ dataDir, clock, rotation: { maxBytes: 100, maxFiles: 50 } });
    const log = small.open(pod, "main", 0);
    const followed = text({ follow: true }, small);
    for (let line = 0; line < 60; line += 1) await log.write("stdout", Buffer.from(`line ${line}\n`));
    await log.close();
    expect(await followed).toBe(Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join(""));
  });

  it("stops following when the signal aborts", async () => {
    const log = store.open(pod, "main", 0);
    await log.write("stdout", Buffer.from("one\n"));
    const abort = new AbortController();
    let all = "";
    for await (const chunk of store.read({ ...request, follow: true, signal: abort.signal })) {
      all += chunk;
      setTimeout(() => abort.abort(), 5);
    }
    expect(all).toBe("one\n");
    await log.close();
  });

  it("reads the latest and the previous run", async () => {
    for (const restart of [0, 1]) {
      const log = store.open(pod, "main", restart);
      await log.write("stdout", Buffer.from(`run ${restart}\n`));
      await log.close();
    }
    expect(await text()).toBe("run 1\n");
    expect(await text({ previous: true })).toBe("run 0\n");
  });

  it("has nothing for what never ran", async () => {
    expect(await text({ follow: true })).toBe("");
    expect(await text({ previous: true })).toBe("");
  });

  it("ends after the bytes that were asked for", async () => {
    const log = store.open(pod, "main", 0);
    await log.write("stdout", Buffer.from("0123456789\nmore\n"));
    await log.close();
    expect(await text({ limitBytes: 4 })).toBe("0123");
  });
});

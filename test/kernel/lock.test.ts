import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import { readText } from "../../src/kernel/files.ts";
import { acquireLock, dropStaleLock } from "../../src/kernel/lock.ts";

async function lockOptions(pid = process.pid) {
  const path = join(await mkdtemp(join(tmpdir(), "aura-lock-")), "lock");
  return { path, host: "here", command: "aura up", clock: manualClock(0), pid };
}

test("a held lock names its holder", async () => {
  const options = await lockOptions();
  await acquireLock(options);
  await expect(acquireLock({ ...options, command: "aura down" })).rejects.toMatchObject({
    code: "LOCKED",
    message: 'the environment is in use by "aura up"',
  });
});

test("a released lock can be taken", async () => {
  const options = await lockOptions();
  await (await acquireLock(options))();
  expect(await readText(options.path)).toBeUndefined();
  await acquireLock(options);
});

test("the lock of a dead process is taken over", async () => {
  const options = await lockOptions();
  await writeFile(
    options.path,
    JSON.stringify({ pid: 2 ** 22 + 1, started: "1", host: "here", command: "x", since: "" }),
  );
  await acquireLock(options);
  expect(JSON.parse(await readFile(options.path, "utf8"))).toMatchObject({ pid: process.pid });
});

test("a reused pid does not hold the lock", async () => {
  const options = await lockOptions();
  await writeFile(
    options.path,
    JSON.stringify({ pid: process.pid, started: "1", host: "here", command: "x", since: "" }),
  );
  await acquireLock(options);
});

test("a lock held on another host stays", async () => {
  const options = await lockOptions();
  await writeFile(options.path, JSON.stringify({ pid: 1, started: "1", host: "there", command: "aura up", since: "" }));
  await expect(acquireLock(options)).rejects.toMatchObject({ code: "LOCKED" });
});

test("a torn lock file is taken over", async () => {
  const options = await lockOptions();
  await writeFile(options.path, '{"pid":');
  await acquireLock(options);
});

test("releasing leaves the lock of a successor", async () => {
  const options = await lockOptions();
  const release = await acquireLock(options);
  await writeFile(options.path, "somebody else's");
  await release();
  expect(await readText(options.path)).toBe("somebody else's");
});

test("of many at once one gets a stale lock", async () => {
  const options = await lockOptions();
  await writeFile(
    options.path,
    JSON.stringify({ pid: 2 ** 22 + 1, started: "1", host: "here", command: "x", since: "" }),
  );
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(options)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("only a stale lock is dropped", async () => {
  const stale = await lockOptions();
  await writeFile(
    stale.path,
    JSON.stringify({ pid: 2 ** 22 + 1, started: "1", host: "here", command: "x", since: "" }),
  );
  await dropStaleLock(stale);
  expect(await readText(stale.path)).toBeUndefined();
  await dropStaleLock(stale);

  const held = await lockOptions();
  await acquireLock(held);
  await dropStaleLock(held);
  expect(await readText(held.path)).toBeDefined();
});

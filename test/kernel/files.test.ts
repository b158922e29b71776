import { mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  appendDurably,
  createExclusive,
  fileFailure,
  makeFolder,
  pathWithin,
  readText,
  removeFile,
  writeAtomic,
} from "../../src/kernel/files.ts";

const folder = () => mkdtemp(join(tmpdir(), "aura-files-"));

test("a file is replaced whole and leaves no temporary", async () => {
  const dir = await folder();
  await writeAtomic(join(dir, "a"), "one");
  await writeAtomic(join(dir, "a"), "two", 0o600);
  expect(await readdir(dir)).toEqual(["a"]);
  expect(await readText(join(dir, "a"))).toBe("two");
  expect((await stat(join(dir, "a"))).mode & 0o777).toBe(0o600);
});

test("appending adds whole lines", async () => {
  const path = join(await folder(), "sub", "log");
  await appendDurably(path, "one");
  await appendDurably(path, "two");
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
});

test("an exclusive file is created once", async () => {
  const path = join(await folder(), "lock");
  expect([await createExclusive(path, "a"), await createExclusive(path, "b")]).toEqual([true, false]);
  expect(await readText(path)).toBe("a");
});

test("what is not there reads as undefined", async () => {
  const path = join(await folder(), "nothing");
  expect(await readText(path)).toBeUndefined();
  await removeFile(path);
});

test.each([
  ["logs/a.log", "/root/logs/a.log"],
  ["../etc/passwd", undefined],
  ["a/../../b", undefined],
  ["a\\..\\..\\b", undefined],
  ["a\0b", undefined],
])("the path %j stays within its root", (path, expected) => {
  expect(pathWithin("/root", path)).toBe(expected);
});

test("a path that the system refuses is the user's to mend", async () => {
  const error = await makeFolder("/dev/null/x").catch((thrown: unknown) => thrown);
  expect(fileFailure(error)).toMatchObject({
    code: "FILE_INVALID",
    message: "cannot use /dev/null/x",
    details: { why: "a part of the path is a file, not a folder (ENOTDIR)" },
  });
});

test.each([new TypeError("x"), Object.assign(new Error("y"), { code: "EACCES" }), "text"])(
  "%s is no refusal of a path",
  (error) => expect(fileFailure(error)).toBe(error),
);

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { committedProject, project } from "./harness.ts";

interface Synthesized {
  readonly ok: boolean;
  readonly files: readonly string[];
  readonly changed: readonly string[];
}

test("synth writes what the environment becomes, and then nothing", async () => {
  const made = await project();
  const first = await made.aura("synth", "--out", "out", "-o", "json");
  const { files, changed } = first.json<Synthesized>();
  expect([first.code, changed]).toEqual([0, files]);
  const written = await readdir(join(made.directory, "out"), { recursive: true, withFileTypes: true });
  expect(written.filter((entry) => entry.isFile())).toHaveLength(files.length);
  const second = await made.aura("synth", "--out", "out");
  expect(second.stderr).toContain(`${files.length} files in out are up to date`);
});

test("synth --check names the files that differ and writes none", async () => {
  const made = await project();
  await made.aura("synth");
  expect((await made.aura("synth", "--check")).code).toBe(0);
  const path = join(made.directory, "terraform/modules/VPC/main.tf.json");
  await writeFile(path, "{}\n");
  await rm(join(made.directory, "terraform/environments/test/main.tf.json"));
  const checked = await made.aura("synth", "--check", "-o", "json");
  expect(checked.code).toBe(2);
  expect(checked.json()).toMatchObject({
    ok: false,
    changed: ["terraform/modules/VPC/main.tf.json", "terraform/environments/test/main.tf.json"],
    error: { code: "FILES_STALE", fix: "aura synth" },
  });
  expect(await readFile(path, "utf8")).toBe("{}\n");
});

test("the committed files are what aura.yaml becomes", async () => {
  const made = await committedProject();
  const { changed } = (await made.aura("synth", "--out", process.cwd(), "--check", "-o", "json")).json<Synthesized>();
  expect(changed).toEqual([]);
});

import { chmod, lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";

import { mergeKubeconfig } from "../../../src/cli/rehearsal/kubeconfig-file.ts";
import { writeKubeconfig } from "../../../src/rehearsal/wire/kubeconfig.ts";

async function files(theirs?: string) {
  const directory = await mkdtemp(join(tmpdir(), "aura-kubeconfig-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const [from, file] = [join(directory, "own"), join(directory, "config")];
  await writeKubeconfig(from, { name: "aura-test", url: "https://127.0.0.1:1", token: "one", certificatePem: "pem" });
  if (theirs !== undefined) await writeFile(file, theirs);
  return { directory, from, file, merged: async () => parse(await readFile(file, "utf8")) };
}

const work = `# mine
apiVersion: v1
kind: Config
current-context: work
clusters:
  - { name: work, cluster: { server: https://work } } # do not touch
users: [{ name: work, user: {} }]
contexts:
  - { name: work, context: { cluster: work, user: work } }
`;

test("a new file becomes a copy", async () => {
  const { from, file, merged } = await files();
  expect(await mergeKubeconfig(from, file)).toEqual({ path: file, context: "aura-test", current: true });
  expect(await merged()).toEqual(parse(await readFile(from, "utf8")));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("an empty file counts as new", async () => {
  const { from, file } = await files("\n");
  expect((await mergeKubeconfig(from, file)).current).toBe(true);
});

test("what was there stays, comments too", async () => {
  const { from, file, merged } = await files(work);
  await chmod(file, 0o644);
  expect((await mergeKubeconfig(from, file)).current).toBe(false);
  const text = await readFile(file, "utf8");
  for (const comment of ["# mine", "# do not touch"]) expect(text).toContain(comment);
  const all = await merged();
  expect(all["current-context"]).toBe("work");
  for (const list of ["clusters", "users", "contexts"]) {
    expect(all[list].map(({ name }: { name: string }) => name)).toEqual(["work", "aura-test"]);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("merging again replaces the entry", async () => {
  const { from, file, merged } = await files(work);
  await mergeKubeconfig(from, file);
  await writeKubeconfig(from, { name: "aura-test", url: "https://127.0.0.1:2", token: "two", certificatePem: "pem" });
  await mergeKubeconfig(from, file);
  const { clusters, users } = await merged();
  expect(clusters.map(({ cluster }: { cluster: { server: string } }) => cluster.server)).toEqual([
    "https://work",
    "https://127.0.0.1:2",
  ]);
  expect(users[1].user.token).toBe("two");
});

test("lists that are missing are made", async () => {
  const { from, file, merged } = await files("apiVersion: v1\nkind: Config\ncontexts: null\n");
  await mergeKubeconfig(from, file);
  expect((await merged()).contexts).toHaveLength(1);
});

test("a link stays a link", async () => {
  const { directory, from, file, merged } = await files(work);
  const linked = join(directory, "linked");
  await symlink(file, linked);
  await mergeKubeconfig(from, linked);
  expect((await lstat(linked)).isSymbolicLink()).toBe(true);
  expect((await merged()).users).toHaveLength(2);
});

test.each(["- a list\n", "a: [\n", "just words\n", "clusters: { a: 1 }\n"])(
  "what is no kubeconfig is left alone: %j",
  async (text) => {
    const { from, file } = await files(text);
    await expect(mergeKubeconfig(from, file)).rejects.toMatchObject({ code: "FILE_INVALID" });
    expect(await readFile(file, "utf8")).toBe(text);
  },
);

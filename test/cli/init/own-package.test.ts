import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import type { Context } from "../../../src/cli/context.ts";
import { ignoreText } from "../../../src/cli/init/ignored.ts";
import { ownPackage } from "../../../src/cli/init/own-package.ts";

const lock = (entry: object) => ({ packages: { "node_modules/aura": entry } });

it.each([
  ["nothing", undefined, undefined, "lacking"],
  ["a package without Aura", { name: "mine" }, { packages: {} }, "lacking"],
  ["a package that is not locked", { devDependencies: { aura: "1" } }, undefined, "lacking"],
  ["a broken lock", { name: "mine" }, "{", "lacking"],
  ["a link to another folder", { name: "mine" }, lock({ link: true, resolved: "../aura" }), "lacking"],
  ["an archive of another folder", { name: "mine" }, lock({ resolved: "file:../aura.tgz" }), "lacking"],
  ["an archive of this folder", { name: "mine" }, lock({ resolved: "file:vendor/aura.tgz" }), "locked"],
  ["a commit", { name: "mine" }, lock({ resolved: "git+ssh://git@github.com/acme/aura.git#1234" }), "locked"],
  ["a registry", { name: "mine" }, lock({ resolved: "https://npm.acme.corp/aura-1.tgz" }), "locked"],
  ["Aura's own repository", { name: "aura", bin: { aura: "dist/main.js" } }, undefined, "own"],
])("tells how a runner gets Aura from %s", async (_what, manifest, locked, state) => {
  const cwd = await mkdtemp(join(tmpdir(), "aura-init-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  if (manifest !== undefined) await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
  if (locked !== undefined)
    await writeFile(join(cwd, "package-lock.json"), typeof locked === "string" ? locked : JSON.stringify(locked));
  const context = { cwd, version: "0.1.0", program: ["node", "/opt/it's/aura/dist/main.js"] };
  const own = await ownPackage(context as unknown as Context);
  expect(own.state).toBe(state);
  expect(own.command).toBe(state === "lacking" ? `node '/opt/it'\\''s/aura/dist/main.js'` : "npx aura");
  expect(own.archive).toBe(JSON.stringify(locked ?? "").includes("file:vendor") ? "vendor/aura.tgz" : undefined);
  expect(own.install).toContain(`'/opt/it'\\''s/aura'`);
});

it.each([
  [undefined, "node_modules/\n.aura/\n/report/\n.terraform/\n"],
  ["dist", "dist\nnode_modules/\n.aura/\n/report/\n.terraform/\n"],
  ["/node_modules\n.aura\nreport/\n", "/node_modules\n.aura\nreport/\n.terraform/\n"],
  ["node_modules/\n.aura/\n/report/\n.terraform/\n", "node_modules/\n.aura/\n/report/\n.terraform/\n"],
])("extends a .gitignore of %j, and takes nothing away", (current, text) => {
  expect(ignoreText(current)).toBe(text);
});

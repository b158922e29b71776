import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

// The real engine, as far as it goes without the AWS provider: it reads the files and resolves the modules, and stops
// where the provider's schema begins. Inputs, outputs and references are test/synth/terraform's part, types cdktn's.

const engine = ["tofu", "terraform"].find((name) => spawnSync(name, ["version"]).status === 0);
if (engine === undefined) console.warn("SKIPPED: neither tofu nor terraform is on PATH, so no engine read terraform/");

const folder = mkdtempSync(join(tmpdir(), "aura-terraform-"));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync("terraform", folder, { recursive: true });

const run = (...options: string[]) => {
  const { status, stdout, stderr } = spawnSync(engine ?? "", [...options, "-no-color"], {
    cwd: join(folder, "environments/dev"),
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
  });
  return { status, text: stdout + stderr };
};

describe.skipIf(engine === undefined)(`the files as ${engine} reads them`, () => {
  it("resolve their modules", () => {
    const { status, text } = run("get");
    expect(text.match(/- (eks|iam|iam_eks|oidc|vpc) in \.\.\/\.\.\/modules\//g)).toHaveLength(5);
    expect(status).toBe(0);
  });

  it("lack nothing but the provider", () => {
    const { text } = run("validate");
    const errors = [...text.matchAll(/Error: (.+)/g)].map(([, error]) => error);
    expect(new Set(errors)).toEqual(new Set(["Missing required provider"]));
  });

  it("are found wrong when a module is not there", () => {
    rmSync(join(folder, "modules/OIDC"), { recursive: true });
    const { status, text } = run("get");
    expect(text).toContain("../../modules/OIDC");
    expect(status).toBe(1);
  });
});

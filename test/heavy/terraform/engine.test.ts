import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { engine, runEngine } from "./engine.ts";

// The real engine, as far as it goes without the AWS provider: it reads the files and resolves the modules, and stops
// where the provider's schema begins. Inputs, outputs and references are test/synth/terraform's part, types cdktn's.

const folder = mkdtempSync(join(tmpdir(), "aura-terraform-"));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync("terraform", folder, { recursive: true });

const run = (...options: string[]) => runEngine(join(folder, "environments/dev"), options);

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

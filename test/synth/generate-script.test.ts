import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

// the script beside a generator small enough to see what it does
const generator = `export const generatedFiles = async (read) =>
  new Map([["copy.txt", await read("aura.yaml")], ["deep/er/two.txt", "1\\n2\\n"]]);`;

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aura-generate-"));
  for (const folder of ["scripts", "dist"]) mkdirSync(join(root, folder));
  cpSync("scripts/generate.mjs", join(root, "scripts/generate.mjs"));
  writeFileSync(join(root, "scripts/builtin-types.mjs"), 'export const builtinTypes = async () => "{}";');
  mkdirSync(join(root, "src/rehearsal/schema"), { recursive: true });
  writeFileSync(join(root, "src/rehearsal/schema/builtin-types.json"), "{}");
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  writeFileSync(join(root, "dist/schemas.js"), generator);
  writeFileSync(join(root, "aura.yaml"), "name: dev\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function generate(...options: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.mjs", ...options], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, lines: stderr.trimEnd().split("\n") };
}

describe("the generate script", () => {
  it("writes what is missing, then nothing", () => {
    expect(generate()).toEqual({
      status: 0,
      lines: ["wrote copy.txt: not there yet", "wrote deep/er/two.txt: not there yet"],
    });
    expect(readFileSync(join(root, "deep/er/two.txt"), "utf8")).toBe("1\n2\n");
    expect(generate()).toEqual({ status: 0, lines: [""] });
    expect(generate("--check")).toEqual({ status: 0, lines: [""] });
  });

  it.each([
    ["1\n3\n", 'line 2 is "3", generated "2"'],
    ["1\n", 'line 2 is "", generated "2"'],
    ["1\n2\nmore\n", 'line 3 is "more", generated ""'],
  ])("shows where %j is stale and keeps it", (text, difference) => {
    generate();
    writeFileSync(join(root, "deep/er/two.txt"), text);
    const { status, lines } = generate("--check");
    expect(status).toBe(1);
    expect(lines).toEqual([
      `deep/er/two.txt: ${difference}`,
      "1 generated file(s) out of date: run npm run generate and commit the result",
    ]);
    expect(readFileSync(join(root, "deep/er/two.txt"), "utf8")).toBe(text);
  });
});

import { describe, expect, it } from "vitest";

import { searchFiles } from "../../src/pipeline/artifact-search.ts";
import { folderWith } from "./folder.ts";

const tree = {
  "report/r1/report.md": "",
  "report/r1/logs/a.log": "",
  "report/.hidden": "",
  ".aura/dev/journal.jsonl": "",
  ".aura/dev/environment.json": "",
  ".aura/dev/target/kubeconfig": "",
  "aura.yaml": "",
};

describe("the files of an artifact", () => {
  it.each<[string, string[], boolean, string, string[]]>([
    ["a folder", ["report"], false, "report", ["report/r1/logs/a.log", "report/r1/report.md"]],
    ["a folder with a slash", ["./report/"], false, "report", ["report/r1/logs/a.log", "report/r1/report.md"]],
    ["one file", ["report/r1/report.md"], false, "report/r1", ["report/r1/report.md"]],
    ["one file at the top", ["aura.yaml"], false, "", ["aura.yaml"]],
    ["no hidden file", [".aura/*/journal.jsonl"], false, ".aura", []],
    ["hidden ones if asked for", [".aura/*/journal.jsonl"], true, ".aura", [".aura/dev/journal.jsonl"]],
    [
      "several places",
      [".aura/*/journal.jsonl", ".aura/*/*.json", "report/**/*.md"],
      true,
      "",
      [".aura/dev/environment.json", ".aura/dev/journal.jsonl", "report/r1/report.md"],
    ],
    ["all but some", ["report", "!report/**/*.log"], false, "report", ["report/r1/report.md"]],
    ["a pattern for folders", ["rep*"], false, "", ["report/r1/logs/a.log", "report/r1/report.md"]],
    ["none", ["nothing"], false, "nothing", []],
    ["lines that say nothing", ["", "# report", "aura.yaml"], false, "", ["aura.yaml"]],
  ])("are those of %s", async (_, lines, hidden, root, files) => {
    expect(await searchFiles(await folderWith(tree), lines, hidden)).toEqual({ root, files });
  });

  it.each([["/etc"], ["../x"], ["~/x"], ["a[b]"]])("are not looked for at %s", async (line) => {
    await expect(searchFiles(await folderWith(), [line], false)).rejects.toThrow("a rehearsal takes paths");
  });
});

import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { unpack } from "../../../src/cluster/outputs/unpack.ts";
import { folder } from "../../synth/kubernetes/sidecar.ts";
import { archive, type Entry } from "./archives.ts";

async function unpacked(entries: readonly Entry[], limits?: { maxBytes: number; maxFiles: number }) {
  const around = folder();
  const { files, problems } = await unpack(archive(entries), join(around, "in"), limits);
  const there = (readdirSync(around, { recursive: true }) as string[]).sort();
  return {
    files,
    problems,
    there: there.map((path) => path.replace(/^in\/?/, "")).filter((path) => path !== ""),
    around,
  };
}

describe("an archive that wants out", () => {
  it.each<[string, Entry[], string[], RegExp[]]>([
    ["by dots", [{ path: "../evil", text: "x" }], [], [/not a path below/]],
    ["by dots inside", [{ path: "a/../../evil", text: "x" }], [], [/not a path below/]],
    ["by a root", [{ path: "/tmp/evil", text: "x" }], [], [/not a path below/]],
    ["by a backslash", [{ path: "..\\evil", text: "x" }], [], [/not a path below/]],
    ["by a link", [{ path: "up", flag: "2", target: ".." }], [], [/link to \.\./]],
    ["by a link to the root", [{ path: "root", flag: "2", target: "/" }], [], [/link to \//]],
    [
      "through a link",
      [
        { path: "up", flag: "2", target: ".." },
        { path: "up/evil", text: "x" },
      ],
      ["up", "up/evil"],
      [/EEXIST/],
    ],
    [
      "by a link through a link",
      [
        { path: "up", flag: "2", target: ".." },
        { path: "up/evil", flag: "2", target: "in" },
      ],
      ["up"],
      [/EEXIST/, /link to in/],
    ],
    [
      "by links that add up",
      [
        { path: "here", flag: "2", target: "." },
        { path: "d/evil", flag: "2", target: "../here/../x" },
      ],
      ["d"],
      [/link to \.,/, /link to/],
    ],
    ["by a hard link", [{ path: "a", flag: "1", target: "/etc/passwd" }], [], [/no file \/etc\/passwd beside/]],
    ["by a hard link with dots", [{ path: "a", flag: "1", target: "../../etc/passwd" }], [], [/beside it/]],
    ["by a device", [{ path: "null", flag: "3" }], [], [/neither a file nor a folder/]],
    ["by a pipe", [{ path: "pipe", flag: "6" }], [], [/neither a file nor a folder/]],
    [
      "over a folder",
      [
        { path: "d/a", text: "1" },
        { path: "d", text: "2" },
      ],
      ["d", "d/a"],
      [/EISDIR/],
    ],
  ])("%s stays in", async (_, entries, expected, told) => {
    const { there, problems } = await unpacked(entries);
    expect(there).toEqual(expected);
    expect(problems).toHaveLength(told.length);
    for (const [index, problem] of problems.entries()) expect(problem).toMatch(told[index] ?? /^$/);
  });

  it("never writes outside, whatever it holds", async () => {
    const part = fc.constantFrom("..", ".", "a", "b", "in", "", "..\\", "/");
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    const entry = fc.record({
      path,
      text: fc.constantFrom("", "x"),
      flag: fc.constantFrom("0", "1", "2", "5", "6"),
      target: path,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
        // links and folders have no content
        const { around } = await unpacked(
          entries.map(({ text, ...rest }) => ({ ...rest, ...(rest.flag === "0" && { text }) })),
        );
        expect(readdirSync(around)).toEqual(["in"]);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

describe("an archive", () => {
  it("gives a file with two names twice", async () => {
    const { files, around } = await unpacked([
      { path: "a", text: "one" },
      { path: "b", flag: "1", target: "a" },
    ]);
    expect(files).toEqual([
      { path: "a", bytes: 3 },
      { path: "b", bytes: 3 },
    ]);
    expect(readFileSync(join(around, "in/b"), "utf8")).toBe("one");
    expect(lstatSync(join(around, "in/b")).isSymbolicLink()).toBe(false);
  });

  it("ends at what is brought home at most", async () => {
    const three = ["a", "b", "c"].map((path) => ({ path, text: "12345" }));
    const few = await unpacked(three, { maxFiles: 2, maxBytes: 100 });
    const small = await unpacked(three, { maxFiles: 9, maxBytes: 11 });
    for (const { there, problems } of [few, small])
      expect({ there, problems }).toEqual({ there: ["a", "b"], problems: ["the rest is more than is brought home"] });
  });

  it.each<[string, Buffer]>([
    ["is no gzip", Buffer.from("hello")],
    ["is cut off", gzipSync(Buffer.alloc(4)).subarray(0, 12)],
    ["has no blocks", gzipSync(Buffer.alloc(100))],
    ["is no tar", gzipSync(Buffer.alloc(512, 7))],
    ["says it is bigger", archive([{ path: "a", text: "1", bytes: 99_999 }])],
    ["says a size that is none", archive([{ path: "a", bytes: "zzzzzzzzzzz\0" }])],
    ["has a name without an end", archive([{ path: "a", flag: "L", bytes: 10 ** 9 }])],
  ])("that %s is told, not thrown", async (_, bytes) => {
    const { problems } = await unpack(bytes, folder());
    expect(problems.at(-1)).toMatch(/^(the archive cannot be read on|a): /);
  });

  it("leaves nothing of a hostile name", async () => {
    const { there } = await unpacked([{ path: "a\nb", text: "1" }]);
    expect(there).toEqual(["a\nb"]);
    expect(existsSync("a")).toBe(false);
  });
});

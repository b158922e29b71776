import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ApiError } from "../../../src/cluster/api.ts";
import { fetchLogOutputs } from "../../../src/cluster/outputs/fetch-log-outputs.ts";
import { folder, sidecar } from "../../synth/kubernetes/sidecar.ts";
import { apiWith, archive, framed, podWith } from "./archives.ts";

/** Every file below a folder with its content, links followed. */
function contents(directory: string): Record<string, string> {
  const paths = (readdirSync(directory, { recursive: true }) as string[]).sort();
  const files = paths.filter((path) => statSync(join(directory, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(directory, path), "latin1")]));
}

function made(files: Record<string, string>): string {
  const at = folder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text, "latin1");
  }
  return at;
}

async function home(log: string | Error, outputs = "/out", copy?: string) {
  const directory = join(folder(), "home");
  const fetched = await fetchLogOutputs(apiWith(log), podWith(outputs), { directory, ...(copy && { copy }) });
  return { ...fetched, directory, paths: fetched.files.map(({ path }) => path).sort() };
}

const good = framed(
  archive([
    { path: "./", flag: "5" },
    { path: "./a", text: "1" },
  ]),
);

describe("outputs from a log", () => {
  const name = fc.stringMatching(/^[A-Za-zäé ._-]{1,40}$/).filter((text) => !/^\.+$/.test(text));
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
  const text = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
  const tree = fc.dictionary(path, text, { maxKeys: 8, noNullPrototype: true }).filter((files) => {
    const paths = Object.keys(files);
    return !paths.some((one) => paths.some((other) => other.startsWith(`${one}/`)));
  });

  it("are what the job has written", async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.integer({ min: 1, max: 5000 }), async (files, size) => {
        const { stdout } = await sidecar({ plan: { mode: "log" }, outputs: { "/out": made(files) } }).finish();
        const directory = join(folder(), "home");
        const fetched = await fetchLogOutputs(apiWith(stdout, size), podWith("/out"), { directory });
        expect(fetched.problems).toEqual([]);
        expect(Object.fromEntries(fetched.files.map((file) => [file.path, file.bytes]))).toEqual(
          Object.fromEntries(Object.entries(files).map(([at, content]) => [at, content.length])),
        );
        if (fetched.files.length > 0) expect(contents(directory)).toEqual(files);
      }),
      { seed: 6, numRuns: 25, endOnFailure: true },
    );
  }, 60_000);

  it("are below their paths where there are several", async () => {
    const file = join(made({ "metrics.json": "{}" }), "metrics.json");
    const paths = { "/out": made({ "deep/a": "1" }), "/m/metrics.json": file, "/out/deep": made({ a: "1" }) };
    const { stdout } = await sidecar({ plan: { mode: "log" }, outputs: paths }).finish();
    const { directory, problems, paths: found } = await home(stdout, Object.keys(paths).join());
    expect({ problems, found }).toEqual({ problems: [], found: ["m/metrics.json", "out/deep/a"] });
    expect(contents(directory)).toEqual({ "m/metrics.json": "{}", "out/deep/a": "1" });
  });

  it("keep links within them and leave out others", async () => {
    const at = made({ "deep/a": "1" });
    symlinkSync("deep/a", join(at, "latest"));
    symlinkSync("../../etc/passwd", join(at, "out"));
    symlinkSync("/etc/passwd", join(at, "deep", "absolute"));
    const { stdout } = await sidecar({ plan: { mode: "log" }, outputs: { "/out": at } }).finish();
    const { directory, problems } = await home(stdout);
    expect(contents(directory)).toEqual({ "deep/a": "1", latest: "1" });
    expect(problems.toSorted()).toEqual([
      "deep/absolute is a link to /etc/passwd, which is not among the outputs",
      "out is a link to ../../etc/passwd, which is not among the outputs",
    ]);
  });

  it("replace what an earlier attempt left", async () => {
    const directory = join(folder(), "home");
    mkdirSync(directory);
    writeFileSync(join(directory, "old"), "");
    await fetchLogOutputs(apiWith(`${good}aura-outputs complete\n`), podWith("/out"), { directory });
    expect(readdirSync(directory)).toEqual(["a"]);
    expect(readdirSync(dirname(directory))).toEqual(["home"]);
  });

  it("come from a copy when the pod is gone", async () => {
    const copy = join(folder(), "log");
    writeFileSync(copy, `${good}aura-outputs complete\n`);
    expect(await home(new ApiError(404, "NotFound", "gone"), "/out", copy)).toMatchObject({
      paths: ["a"],
      problems: [],
    });
  });

  it("come from the cluster when a copy was cut off", async () => {
    const copy = join(folder(), "log");
    writeFileSync(copy, good.slice(0, 80));
    expect(await home(`${good}aura-outputs complete\n`, "/out", copy)).toMatchObject({ paths: ["a"], problems: [] });
  });

  it("are none of a pod that never ran", async () => {
    const pod = podWith("/out", { waiting: { reason: "PodInitializing" } });
    expect(await fetchLogOutputs(apiWith(new Error("asked")), pod, { directory: "/nowhere" })).toEqual({
      files: [],
      problems: [],
    });
  });
});

describe("a log that is not whole", () => {
  const unfinished = /^the outputs are not whole: .* terminationGracePeriodSeconds gives it time$/;

  it.each<[string, string | Error, RegExp[]]>([
    ["is gone", new ApiError(404, "NotFound", "gone"), [/could not be read: the pod was removed/]],
    ["cannot be read", new Error("broken pipe"), [/could not be read: broken pipe/]],
    ["is empty", "", [unfinished]],
    ["ends in a frame", good.slice(0, 100), [/^\/out: its archive came damaged: it ends in the middle/, unfinished]],
    ["has no checksum", good.replace(/[0-9a-f]{64}/, ""), [/checksum is another/, unfinished]],
    ["has a changed byte", good.replace("H4s", "H4t"), [/checksum is another/, unfinished]],
    ["has other text", good.replace("H4s", "tar: oops\nH4s"), [/other text is in it/, unfinished]],
    ["lacks a line", good.replace(/^H4s.*$/m, ""), [/^\/out: its archive came damaged: 0 of \d+ bytes/, unfinished]],
    [
      "names a problem",
      "aura-outputs problem 1 tar ended with 2\naura-outputs complete\n",
      [/^\/out: tar ended with 2$/],
    ],
    ["names paths that nobody declared", `${framed(archive([{ path: "a" }]), { path: 7 })}aura-outputs complete\n`, []],
    [
      "is more than a log holds",
      good.replace("H4s", `${`${"A".repeat(8192)}\n`.repeat(1400)}H4s`),
      [/bytes are there/, unfinished],
    ],
  ])("%s, and is told so", async (_, log, expected) => {
    const { files, problems } = await home(log);
    expect(files).toEqual([]);
    expect(problems).toHaveLength(expected.length);
    for (const [index, problem] of problems.entries()) expect(problem).toMatch(expected[index] ?? /^$/);
  });

  it("gives the paths that did come", async () => {
    const { paths, problems } = await home(good);
    expect(paths).toEqual(["a"]);
    expect(problems).toEqual([expect.stringMatching(unfinished)]);
  });
});

import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { ApiError, type LogOptions, type ObjectApi } from "../../src/cluster/api.ts";
import type { Pod } from "../../src/cluster/objects.ts";
import { copyRun, readEnd } from "../../src/lifecycle/log-copy.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${String(from + index).padStart(8, "0")}\n`).join("");

function pod(restartPolicy: "Never" | "OnFailure", restartCount = 0): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "default", uid: "u" },
    spec: { restartPolicy, containers: [{ name: "main" }] },
    status: { containerStatuses: [{ name: "main", restartCount }] },
  } as unknown as Pod;
}

type Served = string | ApiError | (string | Error)[];

/** An API whose logs are given; `restarts` is how often the container has restarted at each look, the last for good. */
function apiWith(log: (options: LogOptions) => Served, restarts: number[] = [0]): ObjectApi {
  return {
    async *logs(_pod: unknown, options: LogOptions) {
      const served = log(options);
      if (served instanceof Error) throw served;
      for (const piece of Array.isArray(served) ? served : [served]) {
        if (piece instanceof Error) throw piece;
        yield piece;
      }
    },
    read: async () => pod("OnFailure", restarts.length > 1 ? restarts.shift() : restarts[0]),
  } as unknown as ObjectApi;
}

async function copied(
  api: ObjectApi,
  there: { readonly file?: string; readonly part?: string } = {},
  restart?: number,
) {
  const folder = await mkdtemp(join(tmpdir(), "aura-log-"));
  const path = join(folder, "a.log");
  if (there.file !== undefined) await writeFile(path, there.file);
  if (there.part !== undefined) await writeFile(`${path}.part`, there.part);
  const run = { pod: pod(restart === undefined ? "Never" : "OnFailure"), container: "main", restart: restart ?? 0 };
  const { end } = await copyRun(api, { run, path, follow: false, signal: new AbortController().signal });
  const text = await readFile(path, "utf8").catch(() => undefined);
  expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  return { end, text };
}

const all = lines(0, 2000);
const gone = new ApiError(404, "NotFound", "gone");

test.each([
  ["a first copy is taken as it is", {}, all, { end: "whole", text: all }],
  ["a rotated remainder does not replace more", { file: all }, lines(1500, 2000), { end: "whole", text: all }],
  ["a longer copy replaces a shorter one", { file: lines(0, 700) }, all, { end: "whole", text: all }],
  [
    "a cut copy and another's rest are not whole",
    { file: lines(0, 900) },
    lines(1500, 2000),
    { end: "truncated", text: lines(0, 900) },
  ],
  [
    "a longer remainder without the start is not whole",
    { file: lines(0, 100) },
    lines(500, 2000),
    { end: "truncated", text: lines(500, 2000) },
  ],
  [
    "what a killed command had begun counts",
    { file: lines(0, 100), part: lines(0, 900) },
    gone,
    { end: "gone", text: lines(0, 900) },
  ],
  ["a removed pod's file stays", { file: all }, gone, { end: "gone", text: all }],
  [
    "a copy that broke does not replace more",
    { file: lines(0, 900) },
    [lines(0, 10), new Error("reset")],
    { end: "broken", text: lines(0, 900) },
  ],
] as const)("%s", async (_title, there, served, expected) => {
  expect(
    await copied(
      apiWith(() => served as Served),
      there,
    ),
  ).toEqual(expected);
});

test("a run that ended meanwhile is asked for as the previous one", async () => {
  const api = apiWith(({ previous }) => (previous ? "first\n" : "second\n"), [0, 1]);
  expect(await copied(api, {}, 0)).toEqual({ end: "whole", text: "first\n" });
});

test("a run before the previous one is gone", async () => {
  expect(
    await copied(
      apiWith(() => "third\n", [2]),
      {},
      0,
    ),
  ).toEqual({ end: "gone", text: undefined });
});

test("the end of a file is read alone", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "aura-log-")), "a.log");
  await writeFile(path, all);
  expect((await readEnd(path, 14)).toString()).toBe("line 00001999\n");
});

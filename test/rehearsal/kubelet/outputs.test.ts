import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Pod } from "../../../src/cluster/objects.ts";
import { copyOutputs, outputsOf } from "../../../src/rehearsal/kubelet/outputs.ts";
import { hostPath } from "../../../src/rehearsal/kubelet/pod-paths.ts";

let base: string;
let from: string;
let to: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "aura-outputs-"));
  from = join(base, "from");
  to = join(base, "to");
  mkdirSync(from);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const write = (path: string, text: string) => {
  mkdirSync(join(from, path, ".."), { recursive: true });
  writeFileSync(join(from, path), text);
};
const names = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

describe("copyOutputs", () => {
  it("keeps names and bytes", async () => {
    const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));
    write("a b/ünï\ncode.txt", "text");
    writeFileSync(join(from, "weights.bin"), bytes);
    const { files, problems } = await copyOutputs(from, to);
    expect(files).toEqual([
      { path: "a b/ünï\ncode.txt", bytes: 4 },
      { path: "weights.bin", bytes: 600_000 },
    ]);
    expect(problems).toEqual([]);
    expect(readFileSync(join(to, "weights.bin")).equals(bytes)).toBe(true);
  });

  it("leaves out what leads outside", async () => {
    writeFileSync(join(base, "secret"), "hunter2");
    write("fine.txt", "fine");
    symlinkSync(join(base, "secret"), join(from, "absolute"));
    symlinkSync("../secret", join(from, "relative"));
    symlinkSync("..", join(from, "folder"));
    symlinkSync("relative", join(from, "twice"));
    symlinkSync("nowhere", join(from, "dangling"));
    symlinkSync("/proc/self/environ", join(from, "environ"));
    const { files, problems } = await copyOutputs(from, to);
    expect(names(files)).toEqual(["fine.txt"]);
    expect(problems).toHaveLength(6);
    expect(problems.join()).toContain("relative is a link to ../secret, which is not in the folder");
    expect(readdirSync(to)).toEqual(["fine.txt"]);
  });

  it("makes links within the folder again", async () => {
    write("checkpoint-100/model", "weights");
    symlinkSync(join(from, "checkpoint-100"), join(from, "latest"));
    mkdirSync(join(from, "deep"));
    symlinkSync("../checkpoint-100/model", join(from, "deep", "model"));
    await copyOutputs(from, to);
    expect(readlinkSync(join(to, "latest"))).toBe("checkpoint-100");
    rmSync(from, { recursive: true });
    expect(readFileSync(join(to, "latest/model"), "utf8")).toBe("weights");
    expect(readFileSync(join(to, "deep/model"), "utf8")).toBe("weights");
  });

  it("follows no link in place of the folder", async () => {
    symlinkSync("/etc", join(base, "swapped"));
    expect(await copyOutputs(join(base, "swapped"), to)).toMatchObject({ files: [], problems: [expect.any(String)] });
    expect(await copyOutputs(join(base, "swapped", "ssl"), to, { root: base })).toMatchObject({ files: [] });
  });

  it("waits for no pipe and reads no socket", async () => {
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(from, "pipe")]);
    const server = createServer().listen(join(from, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const { files, problems } = await copyOutputs(from, to);
    server.close();
    expect(files).toEqual([]);
    expect(problems).toEqual(["pipe is neither a file nor a folder", "socket is neither a file nor a folder"]);
  });

  it("stops at the limit of files", async () => {
    for (const name of ["a", "b", "c"]) write(name, name);
    const { files, problems } = await copyOutputs(from, to, { maxFiles: 2 });
    expect(names(files)).toEqual(["a", "b"]);
    expect(problems).toEqual(["stopped after 2 files and 0 MiB: the limit is 2 files and 10240 MiB"]);
  });

  it("stops at the limit of bytes", async () => {
    write("a", "small");
    write("b", "");
    truncateSync(join(from, "b"), 5 * 2 ** 20);
    const { files, problems } = await copyOutputs(from, to, { maxBytes: 2 ** 20 });
    expect(names(files)).toEqual(["a"]);
    expect(problems[0]).toContain("the limit is 100000 files and 1 MiB");
  });

  it("copies nothing from nowhere, and one file", async () => {
    expect(await copyOutputs(join(base, "none"), to)).toEqual({ files: [], problems: [] });
    write("result.json", "{}");
    expect((await copyOutputs(join(from, "result.json"), to)).files).toEqual([{ path: "result.json", bytes: 2 }]);
    expect(readFileSync(join(to, "result.json"), "utf8")).toBe("{}");
  });
});

describe("outputsOf", () => {
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", uid: "u", annotations: { "aura.dev/outputs": "/outputs, /data/models/,/outputs" } },
    spec: {
      containers: [{ name: "main", volumeMounts: [{ name: "scratch", mountPath: "/data" }] }],
      volumes: [{ name: "scratch", emptyDir: {} }],
    },
  };

  it("finds outputs in mounts and beside them", () => {
    expect(outputsOf("/d", pod)).toEqual([
      { path: "/outputs", directory: "/d/pods/u/_outputs/outputs", root: "/d/pods/u" },
      { path: "/data/models", directory: "/d/pods/u/_volumes/scratch/models", root: "/d/pods/u" },
    ]);
  });

  it.each([
    ["/data", "/host/data"],
    ["/data/x/y", "/host/data/x/y"],
    ["/data/nested/z", "/host/nested/z"],
    ["/database", undefined],
    ["/data/../etc", undefined],
    ["data", undefined],
    ["--dir=/data", undefined],
  ])("maps %s to %s", (path, expected) => {
    const mappings = [
      { path: "/data", directory: "/host/data", readOnly: false },
      { path: "/data/nested", directory: "/host/nested", readOnly: false },
    ];
    expect(hostPath(mappings, path)).toBe(expected);
  });

  it.each(["outputs", "/"])("refuses %s as an output", (path) => {
    const bad = { ...pod, metadata: { ...pod.metadata, annotations: { "aura.dev/outputs": path } } };
    expect(() => outputsOf("/d", bad)).toThrow("which is not an absolute folder");
  });
});

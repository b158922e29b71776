import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { logScript, s3Script } from "../../../src/synth/kubernetes/prepare-job-scripts.ts";
import { fakeAws, folder, sidecar } from "./sidecar.ts";

const s3 = { mode: "s3", bucket: "b", prefix: "outputs/dev/run-1", region: "eu-west-1" } as const;

function outputs(files: Record<string, string>): string {
  const made = folder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(made, path, ".."), { recursive: true });
    writeFileSync(join(made, path), text);
  }
  return made;
}

describe("the scripts", () => {
  it("hold nothing that Kubernetes would expand", () => {
    for (const script of [logScript, s3Script]) expect(script).not.toMatch(/\$\$|\$\([A-Z_a-z0-9.-]+\)/);
  });
});

describe("outputs by way of S3", () => {
  it("arrive with a mark that they are whole", async () => {
    const aws = fakeAws();
    const from = outputs({ "model/weights.bin": "w", "a b.txt": "spaces" });
    const file = join(outputs({ "metrics.json": "{}" }), "metrics.json");
    const { code, stderr } = await sidecar({
      plan: s3,
      outputs: { "/out": from, "/m/metrics.json": file },
      bin: aws.bin,
    }).finish();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const at = join(aws.bucket, "b/outputs/dev/run-1/default.pod-1");
    expect(readFileSync(join(at, "out/model/weights.bin"), "utf8")).toBe("w");
    expect(readFileSync(join(at, "out/a b.txt"), "utf8")).toBe("spaces");
    expect(readFileSync(join(at, "m/metrics.json"), "utf8")).toBe("{}");
    expect(readFileSync(`${at}_complete`, "utf8")).toBe("1 0\n2 0\ncomplete\n");
  });

  it("are not sent twice where nothing changed", async () => {
    const aws = fakeAws();
    const beside = sidecar({ plan: s3, outputs: { "/out": outputs({ a: "1" }) }, bin: aws.bin });
    await beside.early();
    expect((await beside.finish()).code).toBe(0);
    const calls = readFileSync(aws.calls, "utf8").trim().split("\n");
    expect(calls.map((call) => call.split(" ").includes("--recursive"))).toEqual([true, false]);
  });

  it("are sent again where something changed meanwhile", async () => {
    const aws = fakeAws();
    const from = outputs({ a: "1" });
    const beside = sidecar({ plan: s3, outputs: { "/out": from }, bin: aws.bin });
    await beside.early();
    writeFileSync(join(from, "checkpoint"), "2");
    await beside.finish();
    const at = join(aws.bucket, "b/outputs/dev/run-1/default.pod-1");
    expect(readFileSync(join(at, "out/checkpoint"), "utf8")).toBe("2");
    expect(readFileSync(`${at}_complete`, "utf8")).toBe("1 0\ncomplete\n");
  });

  it("are tried again where the early copy failed", async () => {
    const aws = fakeAws(".");
    const beside = sidecar({ plan: s3, outputs: { "/out": outputs({ a: "1" }) }, bin: aws.bin });
    expect((await beside.early()).stderr).toContain("AccessDenied");
    aws.fail("^$");
    expect((await beside.finish()).code).toBe(0);
    expect(readFileSync(join(aws.bucket, "b/outputs/dev/run-1/default.pod-1/out/a"), "utf8")).toBe("1");
  });

  it("say which path could not be copied", async () => {
    const aws = fakeAws("/two$");
    const paths = { "/one": outputs({ a: "1" }), "/two": outputs({ b: "2" }), "/never/written": "/nowhere/at/all" };
    const { code, stderr } = await sidecar({ plan: s3, outputs: paths, bin: aws.bin }).finish();
    expect({ code, stderr }).toEqual({ code: 1, stderr: "fatal error: AccessDenied\n" });
    const mark = readFileSync(join(aws.bucket, "b/outputs/dev/run-1/default.pod-1_complete"), "utf8");
    expect(mark).toBe("1 0\n2 1\n3 0\ncomplete\n");
  });

  it("fail where the mark cannot be set", async () => {
    const aws = fakeAws("_complete$");
    const { code } = await sidecar({ plan: s3, outputs: { "/out": outputs({ a: "1" }) }, bin: aws.bin }).finish();
    expect(code).toBe(1);
  });
});

describe("outputs by way of the log", () => {
  const log = { mode: "log" } as const;

  it("are framed, one archive for each path", async () => {
    const paths = { "/one": outputs({ a: "1" }), "/none": "/nowhere/at/all", "/two": outputs({ b: "2" }) };
    const { code, stdout, stderr } = await sidecar({ plan: log, outputs: paths }).finish();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const frames = stdout.split("\n").filter((line) => line.startsWith("aura-outputs "));
    expect(frames.map((line) => line.replace(/ [0-9]+ [0-9a-f]{64}$/, ""))).toEqual([
      "aura-outputs begin 1",
      "aura-outputs end 1",
      "aura-outputs begin 3",
      "aura-outputs end 3",
      "aura-outputs complete",
    ]);
  });

  it("are refused above what a log holds", async () => {
    const noise = Buffer.alloc(8 * 2 ** 20);
    for (let index = 0; index < noise.length; index += 4) noise.writeInt32LE((index * 2_654_435_761) | 0, index);
    const from = folder();
    writeFileSync(join(from, "noise"), noise);
    const paths = { "/big": from, "/small": outputs({ a: "1" }) };
    const { code, stdout } = await sidecar({ plan: log, outputs: paths }).finish();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^aura-outputs problem 1 more than 7 MiB packed, which is what a log holds\naura-outputs begin 2 /,
    );
    expect(stdout.length).toBeLessThan(2000);
  });

  it("are taken for paths, however they begin", async () => {
    const file = join(outputs({ "--help": "text" }), "--help");
    const odd = outputs({ "-rf/*/'\"$(id) ;": "1" });
    const { code, stdout, stderr } = await sidecar({ plan: log, outputs: { "/o/--help": file, "/odd": odd } }).finish();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [, packed = ""] = /^aura-outputs begin 1 [^\n]*\n(.*?)^aura-outputs end 1$/ms.exec(stdout) ?? [];
    expect(gunzipSync(Buffer.from(packed, "base64")).toString()).toMatch(/^--help\0.*text/s);
    expect(stdout).toMatch(/^aura-outputs end 2\naura-outputs complete$/m);
  });

  it("come without what cannot be read", async () => {
    const from = outputs({ a: "1" });
    symlinkSync("/nowhere", join(from, "dangling"));
    const { code, stdout } = await sidecar({
      plan: log,
      outputs: { "/out": join(from, "dangling"), "/a": from },
    }).finish();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^aura-outputs begin 2 /);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

import type { S3Client } from "@aws-sdk/client-s3";
import { expect, it, onTestFinished } from "vitest";

import { fetchS3Outputs } from "../../src/aws/outputs.ts";
import { podWith } from "../cluster/outputs/archives.ts";

const place = { bucket: "b", prefix: "outputs/dev/dev-1", account: "123456789012" };
const folder = `${place.prefix}/default.pod-1`;
const whole = { [`${folder}_complete`]: "1 0\n2 0\ncomplete\n" };

/** What says that it is slow comes when other downloads are done. */
async function* pieces(value: string) {
  if (value.startsWith("slow")) await setTimeout(50);
  yield value;
}

/** A bucket as far as fetching asks, two objects a page; a value that is an error is what reading it answers. */
function bucket(
  objects: Readonly<Record<string, string | Error>>,
): Pick<S3Client, "send"> & { readonly owners: Set<unknown> } {
  const owners = new Set<unknown>();
  const missing = Object.assign(new Error("not there"), { name: "NoSuchKey" });
  const list = ({ Prefix, ContinuationToken = "0" }: Record<string, string>) => {
    const keys = Object.keys(objects)
      .filter((key) => key.startsWith(Prefix ?? ""))
      .sort();
    const at = Number(ContinuationToken);
    const Contents = keys.slice(at, at + 2).map((Key) => ({ Key, Size: String(objects[Key]).length }));
    return { Contents, ...(at + 2 < keys.length && { IsTruncated: true, NextContinuationToken: String(at + 2) }) };
  };
  const get = ({ Key = "" }: Record<string, string>) => {
    const value = objects[Key] ?? missing;
    if (value instanceof Error) throw value;
    return { Body: Object.assign(Readable.from(pieces(value)), { transformToString: async () => value }) };
  };
  const send = async (command: { constructor: { name: string }; input: Record<string, string> }) => {
    owners.add(command.input["ExpectedBucketOwner"]);
    return command.constructor.name === "ListObjectsV2Command" ? list(command.input) : get(command.input);
  };
  return { send: send as unknown as S3Client["send"], owners };
}

async function home(
  objects: Readonly<Record<string, string | Error>>,
  { outputs = "/out", maxBytes = 100, pod = podWith(outputs) } = {},
) {
  const around = mkdtempSync(join(tmpdir(), "aura-s3-"));
  onTestFinished(() => rmSync(around, { recursive: true }));
  const directory = join(around, "home");
  // the paginator wants the very class
  const { S3Client: Client } = await import("@aws-sdk/client-s3");
  const { send, owners } = bucket(objects);
  const s3 = Object.assign(
    new Client({ region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "s" } }),
    { send },
  );
  const fetched = await fetchS3Outputs({ s3 }, place, pod, { directory, limits: { maxBytes, maxFiles: 5 } });
  const there = (readdirSync(around, { recursive: true }) as string[]).filter((path) => /\.\w+$/.test(path)).sort();
  return { ...fetched, there, read: (path: string) => readFileSync(join(directory, path), "utf8"), owners };
}

it("brings one path's files home without the path", async () => {
  const { files, problems, read, owners } = await home({
    ...whole,
    [`${folder}/out/a.txt`]: "1",
    [`${folder}/out/deep/b.txt`]: "22",
    [`${folder}/out/deep/c.txt`]: "333",
    [`${folder}/out/empty/`]: "",
  });
  expect(problems).toEqual([]);
  expect(files).toEqual([
    { path: "a.txt", bytes: 1 },
    { path: "deep/b.txt", bytes: 2 },
    { path: "deep/c.txt", bytes: 3 },
  ]);
  expect(read("deep/c.txt")).toBe("333");
  expect([...owners]).toEqual(["123456789012"]);
});

it("brings a declared file home by its name", async () => {
  const { files } = await home({ ...whole, [`${folder}/out/metrics.json`]: "{}" }, { outputs: "/out/metrics.json" });
  expect(files).toEqual([{ path: "metrics.json", bytes: 2 }]);
});

it("keeps several paths apart", async () => {
  const objects = { ...whole, [`${folder}/out/a.txt`]: "1", [`${folder}/logs/a.txt`]: "2" };
  const { files } = await home(objects, { outputs: "/out,/logs" });
  expect(files.map(({ path }) => path)).toEqual(["logs/a.txt", "out/a.txt"]);
});

it.each([
  "../evil.txt",
  "out/../../evil.txt",
  "/evil.txt",
  "out//evil.txt",
  "out/./evil.txt",
  "out\\..\\..\\evil.txt",
  "other/evil.txt",
])("refuses an object called %s", async (key) => {
  const { files, problems, there } = await home({ ...whole, [`${folder}/${key}`]: "x", [`${folder}/out/a.txt`]: "1" });
  expect(files).toEqual([{ path: "a.txt", bytes: 1 }]);
  expect(problems).toEqual([`${folder}/${key} is not a path below the outputs`]);
  expect(there).toEqual(["home/a.txt"]);
});

it("leaves nothing of a download that broke", async () => {
  const { files, problems, there } = await home({
    ...whole,
    [`${folder}/out/a.txt`]: new Error("connection reset"),
    [`${folder}/out/b.txt`]: "2",
  });
  expect({ files, problems, there }).toEqual({
    files: [{ path: "b.txt", bytes: 1 }],
    problems: ["a.txt: connection reset"],
    there: ["home/b.txt"],
  });
});

it("brings half downloads of a job's own home", async () => {
  const objects = { ...whole, [`${folder}/out/a.bin`]: "slow", [`${folder}/out/a.bin.part`]: "half" };
  const { problems, read } = await home(objects);
  expect([problems, read("a.bin"), read("a.bin.part")]).toEqual([[], "slow", "half"]);
});

it("leaves in the bucket what is too much", async () => {
  const { files, problems } = await home({
    ...whole,
    [`${folder}/out/a.bin`]: "x".repeat(101),
    [`${folder}/out/b.txt`]: "2",
  });
  expect(files).toEqual([{ path: "b.txt", bytes: 1 }]);
  expect(problems).toEqual([
    `1 of the files are more than is brought home and stay in the bucket: aws s3 cp --recursive s3://b/${folder}/ .`,
  ]);
});

it("tells what could not be uploaded", async () => {
  const pod = podWith("/out,/logs", { terminated: { exitCode: 1, message: "starting\nfatal error: AccessDenied\n" } });
  const { problems } = await home({ [`${folder}_complete`]: "1 0\n2 1\ncomplete\n" }, { pod });
  expect(problems).toEqual([
    "/logs: not all of it was uploaded (aws s3 cp ended with 1); the last it said: fatal error: AccessDenied",
  ]);
});

it("tells that an upload was cut off", async () => {
  const cut = "the outputs are not whole: the upload was ended before it was done";
  expect((await home({ [`${folder}/out/a.txt`]: "1" })).problems).toEqual([cut]);
  expect((await home({ [`${folder}_complete`]: "1 0\n" })).problems).toEqual([cut]);
  const pod = podWith("/out");
  Object.assign(pod.spec ?? {}, { serviceAccountName: "mine" });
  expect((await home({}, { pod })).problems).toEqual([
    `${cut}; its service account mine needs s3:PutObject on arn:aws:s3:::b/outputs/dev/dev-1/*`,
  ]);
});

it("asks nothing about a pod that never ran", async () => {
  const { files, problems, owners } = await home({}, { pod: podWith("/out", { waiting: {} }) });
  expect({ files, problems, asked: owners.size }).toEqual({ files: [], problems: [], asked: 0 });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";

import { fetchS3Outputs } from "../../../src/aws/outputs.ts";
import { removeOutputs } from "../../../src/aws/outputs-removal.ts";
import { outputsPrefix } from "../../../src/spec/outputs.ts";
import { podWith } from "../../cluster/outputs/archives.ts";
import { onAws } from "./aws.ts";

const place = { bucket: "aura-outputs-test", prefix: outputsPrefix("dev", "dev-1") };
const folder = `${place.prefix}/default.pod-1`;

await onAws("outputs in S3", (aws) => {
  async function bucketWith(objects: Readonly<Record<string, string>>) {
    const { s3 } = aws().inside;
    await s3.send(new CreateBucketCommand({ Bucket: place.bucket }));
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: place.bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    await Promise.all(
      Object.entries(objects).map(([Key, Body]) => s3.send(new PutObjectCommand({ Bucket: place.bucket, Key, Body }))),
    );
    return s3;
  }

  function home(): string {
    const made = mkdtempSync(join(tmpdir(), "aura-home-"));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  }

  test("more objects than a page come home", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1003 }, (_, index) => [`${folder}/out/part-${index}`, String(index)]),
    );
    await bucketWith({ ...many, [`${folder}_complete`]: "1 0\ncomplete\n" });
    const directory = home();
    const { files, problems } = await fetchS3Outputs(aws().clients(), place, podWith("/out"), { directory });
    expect(problems).toEqual([]);
    expect(files).toHaveLength(1003);
    expect(readFileSync(join(directory, "part-1002"), "utf8")).toBe("1002");
    expect(readdirSync(directory)).toHaveLength(1003);
  });

  test("other pods' objects stay where they are", async () => {
    await bucketWith({
      [`${folder}/out/mine`]: "1",
      [`${folder}_complete`]: "1 0\ncomplete\n",
      [`${folder}0/out/other`]: "2",
      "outputs/dev/dev-10/default.pod-1/out/another": "3",
    });
    const { files } = await fetchS3Outputs(aws().clients(), place, podWith("/out"), { directory: home() });
    expect(files).toEqual([{ path: "mine", bytes: 1 }]);
  });

  test("an upload without a mark is told", async () => {
    await bucketWith({ [`${folder}/out/a`]: "1" });
    const { files, problems } = await fetchS3Outputs(aws().clients(), place, podWith("/out"), { directory: home() });
    expect(files).toHaveLength(1);
    expect(problems).toEqual(["the outputs are not whole: the upload was ended before it was done"]);
  });

  test("throttling and server errors pass", async () => {
    await bucketWith({ [`${folder}/out/a`]: "1", [`${folder}_complete`]: "1 0\ncomplete\n" });
    aws().front.fault({ service: "S3", kind: "throttle", times: 2 });
    const { files, problems } = await fetchS3Outputs(aws().clients(), place, podWith("/out"), { directory: home() });
    expect({ files, problems }).toEqual({ files: [{ path: "a", bytes: 1 }], problems: [] });
  });

  test("removal takes every version and no neighbour", async () => {
    const s3 = await bucketWith({ [`${folder}/out/a`]: "1", "outputs/dev/dev-10/x": "2", "state/dev.tfstate": "3" });
    await s3.send(new PutObjectCommand({ Bucket: place.bucket, Key: `${folder}/out/a`, Body: "newer" }));
    expect(await removeOutputs(aws().clients(), place)).toBe(2);
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: place.bucket }),
    );
    expect(Versions.map(({ Key }) => Key)).toEqual(["outputs/dev/dev-10/x", "state/dev.tfstate"]);
    expect(DeleteMarkers).toEqual([]);
    expect(await removeOutputs(aws().clients(), place)).toBe(0);
  });

  test("removal without a bucket is no failure", async () => {
    expect(await removeOutputs(aws().clients(), place)).toBe(0);
  });
});

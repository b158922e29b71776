import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";

import type { Pod } from "../cluster/objects.ts";
import { besideOf, type FetchedFiles } from "../cluster/outputs/beside.ts";
import { messageOf } from "../kernel/failure.ts";
import { makeFolder, pathWithin, removeFile } from "../kernel/files.ts";
import { completeSuffix, declaredOutputs, homeLimits, podFolder } from "../spec/outputs.ts";
import type { AwsClients } from "./clients.ts";
import { type OutputsPlace, ownerOf, uploadProblems } from "./outputs-upload.ts";

export interface FetchOptions {
  /** Where to. */
  readonly directory: string;
  /** What is beyond stays in the bucket, and is told. */
  readonly limits?: typeof homeLimits;
}

interface Listed {
  readonly key: string;
  readonly bytes: number;
}

/** Objects fetched at a time. */
const atOnce = 8;

/**
 * Brings home what the container beside a job has copied to S3; what did not come, or not whole, is told. With one
 * declared path its files are in the folder, with several each is below its own path. A file is there whole or not at
 * all. Fails only where AWS cannot be asked.
 */
export async function fetchS3Outputs(
  { s3 }: Pick<AwsClients, "s3">,
  place: OutputsPlace,
  pod: Pod,
  { directory, limits = homeLimits }: FetchOptions,
): Promise<FetchedFiles> {
  if (besideOf(pod) === undefined) return { files: [], problems: [] };
  const folder = `${place.prefix}/${podFolder(pod)}`;
  const problems: string[] = [];
  const files: { path: string; bytes: number }[] = [];
  const listed = await list(s3, place, `${folder}/`);
  const wanted = withinLimits(listed, limits);
  await inTurns(wanted, async ({ key, bytes }) => {
    const path = pathOf(key.slice(folder.length + 1), pod);
    if (path === undefined) return void problems.push(`${key} is not a path below the outputs`);
    await download(s3, { Bucket: place.bucket, Key: key, ...ownerOf(place) }, join(directory, path)).then(
      () => files.push({ path, bytes }),
      (error: unknown) => problems.push(`${path}: ${messageOf(error)}`),
    );
  });
  if (wanted.length < listed.length) problems.push(leftText(listed.length - wanted.length, place, folder));
  problems.push(...(await uploadProblems(s3, place, { pod, key: `${folder}${completeSuffix}`, found: listed.length })));
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), problems };
}

async function list(s3: AwsClients["s3"], place: OutputsPlace, Prefix: string): Promise<Listed[]> {
  const found: Listed[] = [];
  const query = { Bucket: place.bucket, Prefix, ...ownerOf(place) };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
    for (const { Key: key = "", Size: bytes = 0 } of Contents) {
      // what consoles make to show an empty folder
      if (!key.endsWith("/")) found.push({ key, bytes });
    }
  }
  return found;
}

/** The first ones that fit, in the order of their keys: smaller files that come after one too big fit all the same. */
function withinLimits(listed: readonly Listed[], { maxBytes, maxFiles }: typeof homeLimits): Listed[] {
  let left = maxBytes;
  const fitting = listed.filter(({ bytes }) => {
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
  return fitting.slice(0, maxFiles);
}

function leftText(files: number, { bucket }: OutputsPlace, folder: string): string {
  const from = `s3://${bucket}/${folder}/`;
  return `${files} of the files are more than is brought home and stay in the bucket: aws s3 cp --recursive ${from} .`;
}

/** Where below the folder an object goes to; undefined for what would leave it, or be another's. */
function pathOf(rest: string, pod: Pod): string | undefined {
  if (pathWithin("", rest) === undefined || rest.split("/").some((part) => part === "" || part === "."))
    return undefined;
  const [only = "", ...others] = declaredOutputs(pod).map((path) => path.slice(1));
  if (others.length > 0) return rest;
  if (rest === only) return posix.basename(rest);
  return rest.startsWith(`${only}/`) ? rest.slice(only.length + 1) : undefined;
}

/** Into a file beside it first, which is called as no output is: those of downloads often end in `.part`. */
async function download(
  s3: AwsClients["s3"],
  object: { readonly Bucket: string; readonly Key: string },
  path: string,
): Promise<void> {
  const part = `${path}.aura-part`;
  await makeFolder(dirname(path));
  try {
    const { Body } = await s3.send(new GetObjectCommand(object));
    await pipeline(Body as Readable, createWriteStream(part));
    await rename(part, path);
  } finally {
    await removeFile(part);
  }
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

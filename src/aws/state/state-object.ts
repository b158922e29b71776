import {
  type _Error,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";

import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { isMissing } from "../errors.ts";

/** Where an environment's state is: bucket, its owner, key (`stateKey`). */
export interface StatePlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly account: string;
  readonly key: string;
}

export interface StateObject {
  readonly bytes: number;
  /** When it was written, in milliseconds since the epoch. */
  readonly writtenAt: number | undefined;
  /** Resources that it lists, those that Terraform only reads left out; undefined when it cannot be read. */
  readonly resources: number | undefined;
}

/** Who holds a state's lock, as Terraform and OpenTofu write it. */
export interface StateLock {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly created: string;
}

export const outputsFolder = "outputs/";

/** The state that is there now, and its lock. */
export async function stateObject(
  place: StatePlace,
): Promise<{ readonly state: StateObject | undefined; readonly lock: StateLock | undefined }> {
  const [state, lock] = await Promise.all([read(place, place.key), read(place, lockOf(place))]);
  return {
    state: state && { bytes: state.bytes, writtenAt: state.writtenAt, resources: resourcesIn(state.text) },
    lock: lock && parseLock(lock.text),
  };
}

/**
 * Removes every version of a state and of its lock, and returns how many there were. Refuses with LEFTOVERS while the
 * state lists resources, or cannot be read, and with STATE_LOCKED while somebody holds its lock.
 */
export async function removeState(place: StatePlace): Promise<number> {
  const { state, lock } = await stateObject(place);
  if (lock !== undefined) throw locked(place, lock);
  if (state !== undefined && state.resources !== 0) throw inUse(place, state);
  let removed = 0;
  for (const key of [place.key, lockOf(place)]) removed += await removeVersions(place, key);
  return removed;
}

function lockOf({ key }: StatePlace): string {
  return `${key}.tflock`;
}

async function read({ s3, bucket, account }: StatePlace, key: string) {
  try {
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: account }));
    const text = (await found.Body?.transformToString()) ?? "";
    return { text, bytes: found.ContentLength ?? text.length, writtenAt: found.LastModified?.getTime() };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function resourcesIn(text: string): number | undefined {
  const { resources } = (parse(text) ?? {}) as { readonly resources?: unknown };
  if (!Array.isArray(resources)) return undefined;
  return resources.filter((one: { readonly mode?: unknown }) => one.mode === "managed").length;
}

function parseLock(text: string): StateLock {
  const found = (parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  const said = (key: string) => (typeof found[key] === "string" ? found[key] : "");
  return { id: said("ID"), who: said("Who"), operation: said("Operation"), created: said("Created") };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function removeVersions(place: StatePlace, key: string): Promise<number> {
  const { s3, bucket, account } = place;
  const owner = { Bucket: bucket, ExpectedBucketOwner: account };
  let removed = 0;
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const from = page && { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    page = await s3.send(new ListObjectVersionsCommand({ ...owner, Prefix: key, ...from }));
    const Objects = versionsOf(page, key);
    if (Objects.length === 0) continue;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ ...owner, Delete: { Objects, Quiet: true } }));
    if (Errors.length > 0) throw notRemoved(place, key, Errors);
    removed += Objects.length;
  } while (page.IsTruncated === true);
  return removed;
}

/** Of this very key: a prefix also finds keys that go on. */
function versionsOf({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput, key: string) {
  return [...Versions, ...DeleteMarkers]
    .filter((version) => version.Key === key)
    .map(({ VersionId }) => ({ Key: key, ...(VersionId !== undefined && { VersionId }) }));
}

function locked({ bucket, key }: StatePlace, { who, operation, created, id }: StateLock): Failure {
  return new Failure("STATE_LOCKED", `the state is locked by ${who || "somebody"}`, {
    where: `s3://${bucket}/${key}.tflock`,
    why: `${operation || "an operation"} holds it since ${created || "a time unknown"} (lock ${id || "without id"})`,
    fix: `wait until it has ended; if it was killed: aws s3 rm s3://${bucket}/${key}.tflock`,
  });
}

function inUse({ bucket, key }: StatePlace, { resources }: StateObject): Failure {
  const what = resources === undefined ? "cannot be read" : `still lists ${count(resources, "resource")}`;
  return new Failure("LEFTOVERS", `the state ${what}, so it is kept`, {
    where: `s3://${bucket}/${key}`,
    why: "without its state Terraform cannot remove what it made",
    fix: "aura down",
  });
}

function notRemoved({ bucket }: StatePlace, key: string, errors: readonly _Error[]) {
  return new Failure("AWS_ERROR", `${count(errors.length, "version")} of s3://${bucket}/${key} could not be removed`, {
    problems: [...new Set(errors.map(({ Code, Message }) => `${Code}: ${Message}`))],
  });
}

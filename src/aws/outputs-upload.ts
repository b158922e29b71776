import { GetObjectCommand } from "@aws-sdk/client-s3";

import type { Pod } from "../cluster/objects.ts";
import { besideOf } from "../cluster/outputs/beside.ts";
import { declaredOutputs, outputsAccount } from "../spec/outputs.ts";
import type { AwsClients } from "./clients.ts";
import { isMissing } from "./errors.ts";

/** Where the outputs of a run are. */
export interface OutputsPlace {
  readonly bucket: string;
  /** As `outputsPrefix` gives it. */
  readonly prefix: string;
  /** The account whose bucket it has to be; absent: whosever it is. */
  readonly account?: string;
}

export function ownerOf({ account }: OutputsPlace) {
  return account === undefined ? {} : { ExpectedBucketOwner: account };
}

interface Upload {
  readonly pod: Pod;
  /** Of the object that says how it went. */
  readonly key: string;
  /** How many objects it left. */
  readonly found: number;
}

/** What the container beside a job did not upload, as far as it says so itself, and where it does not, that. */
export async function uploadProblems(s3: AwsClients["s3"], place: OutputsPlace, upload: Upload): Promise<string[]> {
  const { pod, key, found } = upload;
  const mark = await readMark(s3, { Bucket: place.bucket, Key: key, ...ownerOf(place) });
  const said = besideOf(pod)?.said;
  const reason = said === undefined ? "" : `; the last it said: ${said}`;
  const lines = mark?.trim().split("\n") ?? [];
  if (lines.at(-1) !== "complete") {
    const account = found === 0 ? neededBy(pod, place) : "";
    return [`the outputs are not whole: the upload was ended before it was done${reason}${account}`];
  }
  const paths = declaredOutputs(pod);
  return lines.slice(0, -1).flatMap((line) => {
    const [number, status] = line.split(" ");
    const path = paths[Number(number) - 1] ?? "an output";
    return status === "0" ? [] : [`${path}: not all of it was uploaded (aws s3 cp ended with ${status})${reason}`];
  });
}

async function readMark(
  s3: AwsClients["s3"],
  object: { readonly Bucket: string; readonly Key: string },
): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand(object));
    return await Body?.transformToString();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A job with an account of its own has to see to its rights itself. */
function neededBy({ spec }: Pod, { bucket, prefix }: OutputsPlace): string {
  const account = spec?.serviceAccountName;
  if (account === undefined || account === outputsAccount) return "";
  return `; its service account ${account} needs s3:PutObject on arn:aws:s3:::${bucket}/${prefix}/*`;
}

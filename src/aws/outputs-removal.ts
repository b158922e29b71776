import { DeleteObjectsCommand, ListObjectVersionsCommand, type _Error as S3Error } from "@aws-sdk/client-s3";

import { Failure } from "../kernel/failure.ts";
import type { AwsClients } from "./clients.ts";
import { isMissing } from "./errors.ts";
import { type OutputsPlace, ownerOf } from "./outputs-upload.ts";

/**
 * Deletes a run's outputs, older versions included, and says how many objects there were. That there are none, or no
 * bucket, is no failure.
 */
export async function removeOutputs({ s3 }: Pick<AwsClients, "s3">, place: OutputsPlace): Promise<number> {
  const where = { Bucket: place.bucket, ...ownerOf(place) };
  for (let removed = 0; ; ) {
    const Objects = await versions(s3, { ...where, Prefix: `${place.prefix}/` });
    if (Objects.length === 0) return removed;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ ...where, Delete: { Objects, Quiet: true } }));
    refuse(Errors[0], place);
    removed += Objects.length;
  }
}

/** The first thousand. What comes after them is first when they are gone. */
async function versions(
  s3: AwsClients["s3"],
  query: { readonly Bucket: string; readonly Prefix: string },
): Promise<{ Key: string; VersionId: string }[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3
    .send(new ListObjectVersionsCommand(query))
    .catch((error: unknown) => {
      if (isMissing(error)) return { Versions: [], DeleteMarkers: [] };
      throw error;
    });
  const found = [...Versions, ...DeleteMarkers].map(({ Key = "", VersionId = "null" }) => ({ Key, VersionId }));
  return found.slice(0, 1000);
}

/** Without this an object that is locked would be asked for for ever. */
function refuse(error: S3Error | undefined, { bucket, prefix }: OutputsPlace): void {
  if (error === undefined) return;
  throw new Failure("AWS_ERROR", `S3 did not delete ${error.Key}: ${error.Code}`, {
    ...(error.Message !== undefined && { why: error.Message }),
    fix: `aws s3 rm --recursive s3://${bucket}/${prefix}/`,
  });
}

import { DescribeKeyCommand, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Kind, Look, Thing } from "../kind.ts";
import { environmentKey } from "../scope.ts";
import { taggedResources } from "../tag-index.ts";
import { unlessMissing } from "./cluster-parts.ts";
import { ownAlias, tagsOfKey } from "./key-aliases.ts";

/** Of the cluster's secrets. KMS keeps it for a week after its removal was asked for: then it is billed no more. */
export const keys: Kind = {
  name: "KMS key",
  why: "billed by the month",
  async find(look) {
    const alias = await ownAlias(look);
    const ids = new Set([
      ...(await taggedKeys(look)),
      ...(alias?.TargetKeyId === undefined ? [] : [alias.TargetKeyId]),
    ]);
    const found = await Promise.all([...ids].map((id) => unlessMissing(() => describe(look, id, alias?.TargetKeyId))));
    return found.filter((key) => key !== undefined);
  },
  async remove(KeyId, { clients, call }) {
    await clients.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }), call);
  },
};

/** Their tags cannot be asked for in a list, and a key alone has no name: this index of all tags leads to it. */
async function taggedKeys(look: Look): Promise<string[]> {
  const filter = { Key: environmentKey, Values: [look.scope.environment] };
  const listed = await taggedResources(look, filter, ["kms:key"]);
  return listed.flatMap(({ arn }) => arn.split(":key/")[1] ?? []);
}

async function describe(look: Look, KeyId: string, aliased: string | undefined): Promise<Thing> {
  const { clients, call, scope } = look;
  const { KeyMetadata } = await clients.kms.send(new DescribeKeyCommand({ KeyId }), call);
  const state = KeyMetadata?.KeyState;
  return {
    id: KeyId,
    name: KeyMetadata?.Description || undefined,
    tags: await tagsOfKey(look, KeyId),
    signs: KeyId === aliased ? [`has the alias ${ownNames(scope.cluster).keyAlias}`] : [],
    owner: KeyMetadata?.AWSAccountId,
    state,
    ending: state === "PendingDeletion",
    createdAt: KeyMetadata?.CreationDate,
    fix: `aws kms schedule-key-deletion --region ${scope.region} --key-id ${KeyId} --pending-window-in-days 7`,
  };
}

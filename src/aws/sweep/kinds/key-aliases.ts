import {
  type AliasListEntry,
  DeleteAliasCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
} from "@aws-sdk/client-kms";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Hands } from "../hands.ts";
import type { Kind, Look } from "../kind.ts";
import { allPages } from "../pages.ts";
import { type Tags, tagsOf } from "../scope.ts";

/** An alias has no tags: those of its key speak for it. */
export const keyAliases: Kind = {
  name: "KMS alias",
  why: "costs nothing; blocks the next deploy, which has one of the same name",
  async find(look) {
    const alias = await ownAlias(look);
    if (alias?.AliasName === undefined) return [];
    const { AliasName: id, TargetKeyId, CreationDate } = alias;
    const fix = `aws kms delete-alias --region ${look.scope.region} --alias-name ${id}`;
    return [{ id, tags: await tagsOfKey(look, TargetKeyId), signs: [`is called ${id}`], createdAt: CreationDate, fix }];
  },
  async remove(AliasName, { clients, call }) {
    await clients.kms.send(new DeleteAliasCommand({ AliasName }), call);
  },
};

/** The alias that Terraform gives the key of the cluster's secrets. */
export async function ownAlias({ clients, call, scope }: Look): Promise<AliasListEntry | undefined> {
  const aliases = await allPages(
    (Marker) => clients.kms.send(new ListAliasesCommand({ Marker }), call),
    (page) => page.Aliases,
    (page) => page.NextMarker,
  );
  return aliases.find(({ AliasName }) => AliasName === ownNames(scope.cluster).keyAlias);
}

/** What is said of a key; nothing of one that an alias names without having it. */
export async function tagsOfKey({ clients, call }: Hands, KeyId: string | undefined): Promise<Tags> {
  if (KeyId === undefined) return {};
  const tags = await allPages(
    (Marker) => clients.kms.send(new ListResourceTagsCommand({ KeyId, Marker }), call),
    (page) => page.Tags,
    (page) => page.NextMarker,
  );
  return tagsOf(tags);
}

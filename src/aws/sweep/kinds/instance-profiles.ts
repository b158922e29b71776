import {
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  type InstanceProfile,
  ListInstanceProfilesCommand,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Hands } from "../hands.ts";
import type { Kind, Look } from "../kind.ts";
import { allPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

/** Karpenter makes one for each EC2NodeClass, below a path of the cluster's own; a role in one cannot be deleted. */
export const instanceProfiles: Kind = {
  name: "instance profile",
  why: "blocks the nodes' role",
  async find(look) {
    const named = await describe(ownNames(look.scope.cluster).instanceProfile, look);
    const found = [...(await belowPath(look)), ...(named === undefined ? [] : [named])];
    return found.map(({ InstanceProfileName: id = "", Path = "", Tags, CreateDate, Roles = [] }) => {
      const isBelow = Path.startsWith(pathOf(look));
      const remove = Roles.map(({ RoleName }) => `remove-role-from-instance-profile --role-name ${RoleName}`);
      return {
        id,
        tags: tagsOf(Tags),
        signs: [isBelow ? `has the path ${Path}` : `is called ${id}`],
        createdAt: CreateDate,
        fix: [...remove, "delete-instance-profile"]
          .map((step) => `aws iam ${step} --instance-profile-name ${id}`)
          .join(" && "),
      };
    });
  },
  async remove(InstanceProfileName, hands) {
    const { clients, call } = hands;
    for (const { RoleName } of (await describe(InstanceProfileName, hands))?.Roles ?? [])
      await unlessMissing(() =>
        clients.iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }), call),
      );
    await clients.iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }), call);
  },
};

const pathOf = ({ scope: { region, cluster } }: Look) => `/karpenter/${region}/${cluster}/`;

/** The list has no tags: each is asked for by itself. */
async function belowPath(look: Look): Promise<InstanceProfile[]> {
  const listed = await allPages(
    (Marker) => look.clients.iam.send(new ListInstanceProfilesCommand({ PathPrefix: pathOf(look), Marker }), look.call),
    (page) => page.InstanceProfiles,
    (page) => page.Marker,
  );
  const below = listed.filter(({ Path = "" }) => Path.startsWith(pathOf(look)));
  const known = await Promise.all(below.map(({ InstanceProfileName: name = "" }) => describe(name, look)));
  return known.filter((profile) => profile !== undefined);
}

async function describe(name: string, { clients, call }: Hands): Promise<InstanceProfile | undefined> {
  const command = new GetInstanceProfileCommand({ InstanceProfileName: name });
  return unlessMissing(async () => (await clients.iam.send(command, call)).InstanceProfile);
}

import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Hands } from "../hands.ts";
import type { Kind, Thing } from "../kind.ts";
import { allPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

/** Those of the environment, by their names; not the workflow's, which outlives it. */
export const roles: Kind = {
  name: "IAM role",
  why: "costs nothing; blocks the next deploy, which has one of the same name",
  async find({ clients, call, scope }) {
    const found = ownNames(scope.cluster).roles.map(async (id): Promise<Thing[]> => {
      const command = new GetRoleCommand({ RoleName: id });
      const role = await unlessMissing(async () => (await clients.iam.send(command, call)).Role);
      if (role === undefined) return [];
      return [
        {
          id,
          tags: tagsOf(role.Tags),
          signs: [`is called ${id}`],
          createdAt: role.CreateDate,
          // what it has has to go first, as `aura sweep --delete` does
          fix: `aws iam delete-role --role-name ${id}`,
        },
      ];
    });
    return (await Promise.all(found)).flat();
  },
  async remove(RoleName, hands) {
    const { clients, call } = hands;
    for (const PolicyArn of await attached(RoleName, hands))
      await unlessMissing(() => clients.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }), call));
    for (const PolicyName of await inline(RoleName, hands))
      await unlessMissing(() => clients.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }), call));
    await clients.iam.send(new DeleteRoleCommand({ RoleName }), call);
  },
};

async function attached(RoleName: string, { clients, call }: Hands): Promise<string[]> {
  const policies = await allPages(
    (Marker) => clients.iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker }), call),
    (page) => page.AttachedPolicies,
    (page) => page.Marker,
  );
  return policies.flatMap(({ PolicyArn }) => PolicyArn ?? []);
}

function inline(RoleName: string, { clients, call }: Hands): Promise<string[]> {
  return allPages(
    (Marker) => clients.iam.send(new ListRolePoliciesCommand({ RoleName, Marker }), call),
    (page) => page.PolicyNames,
    (page) => page.Marker,
  );
}

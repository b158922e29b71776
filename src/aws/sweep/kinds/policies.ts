import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  ListPolicyVersionsCommand,
} from "@aws-sdk/client-iam";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Kind, Thing } from "../kind.ts";
import { allPages } from "../pages.ts";
import { iamArn, tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

/** Those of Karpenter and of Aura's controller, by their names. Their roles go first. */
export const policies: Kind = {
  name: "IAM policy",
  why: "costs nothing; blocks the next deploy, which has one of the same name",
  async find({ clients, call, scope }) {
    const found = ownNames(scope.cluster).policies.map(async (name): Promise<Thing[]> => {
      const id = iamArn(scope, `policy/${name}`);
      const command = new GetPolicyCommand({ PolicyArn: id });
      const policy = await unlessMissing(async () => (await clients.iam.send(command, call)).Policy);
      if (policy === undefined) return [];
      const tags = tagsOf(policy.Tags);
      const fix = `aws iam delete-policy --policy-arn ${id}`;
      return [{ id, name, tags, signs: [`is called ${name}`], createdAt: policy.CreateDate, fix }];
    });
    return (await Promise.all(found)).flat();
  },
  async remove(PolicyArn, { clients, call }) {
    const versions = await allPages(
      (Marker) => clients.iam.send(new ListPolicyVersionsCommand({ PolicyArn, Marker }), call),
      (page) => page.Versions,
      (page) => page.Marker,
    );
    for (const { VersionId } of versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true))
      await unlessMissing(() => clients.iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }), call));
    await clients.iam.send(new DeletePolicyCommand({ PolicyArn }), call);
  },
};

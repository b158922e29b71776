import {
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  type LogGroup,
} from "@aws-sdk/client-cloudwatch-logs";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Kind, Look, Thing } from "../kind.ts";
import { allPages } from "../pages.ts";
import type { Tags } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

/** EKS makes the cluster's once more, without tags, when it writes its last lines after Terraform removed it. */
export const logGroups: Kind = {
  name: "log group",
  why: "billed by its size; blocks the next deploy, which has one of the same name",
  async find(look) {
    const { cluster, region } = look.scope;
    const names = ownNames(cluster).logGroups;
    const prefixes = new Set([`/aws/eks/${cluster}/`, ...names.filter((name) => !name.startsWith("/aws/eks/"))]);
    const groups = (await Promise.all([...prefixes].map((prefix) => describe(look, prefix)))).flat();
    const own = groups.filter(
      ({ logGroupName: name = "" }) => name.startsWith(`/aws/eks/${cluster}/`) || names.includes(name),
    );
    const found = own.map(async ({ logGroupName: id = "", creationTime, ...group }): Promise<Thing> => {
      const tags = await tagsOfGroup(look, group);
      const createdAt = creationTime === undefined ? undefined : new Date(creationTime);
      const fix = `aws logs delete-log-group --region ${region} --log-group-name ${id}`;
      return { id, tags, signs: [`is called ${id}`], createdAt, fix };
    });
    return Promise.all(found);
  },
  async remove(logGroupName, { clients, call }) {
    await clients.logs.send(new DeleteLogGroupCommand({ logGroupName }), call);
  },
};

function describe({ clients, call }: Look, logGroupNamePrefix: string): Promise<LogGroup[]> {
  return allPages(
    (nextToken) => clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }), call),
    (page) => page.logGroups,
    (page) => page.nextToken,
  );
}

async function tagsOfGroup({ clients, call }: Look, { logGroupArn, arn }: LogGroup): Promise<Tags> {
  const resourceArn = logGroupArn ?? arn?.replace(/:\*$/, "");
  const command = new ListTagsForResourceCommand({ resourceArn });
  return (await unlessMissing(() => clients.logs.send(command, call)))?.tags ?? {};
}

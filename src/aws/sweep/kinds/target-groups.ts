import {
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import { inOwnVpc } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { allPages } from "../pages.ts";
import { tagsOfBalancing } from "./balancing-tags.ts";

export const targetGroups: Kind = {
  name: "target group",
  why: "costs nothing, counts against a quota",
  async find(look) {
    const found = await describe(look);
    const tags = await tagsOfBalancing(
      look,
      found.map(({ TargetGroupArn }) => TargetGroupArn),
    );
    return found.map(({ TargetGroupArn: id = "", TargetGroupName, VpcId }) => ({
      id,
      name: TargetGroupName,
      tags: tags.get(id) ?? {},
      signs: inOwnVpc(look, VpcId),
      fix: `aws elbv2 delete-target-group --region ${look.scope.region} --target-group-arn ${id}`,
    }));
  },
  async remove(TargetGroupArn, { clients, call }) {
    await clients.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }), call);
  },
};

function describe({ clients, call }: Hands): Promise<TargetGroup[]> {
  return allPages(
    (Marker) => clients.elbv2.send(new DescribeTargetGroupsCommand({ Marker }), call),
    (page) => page.TargetGroups,
    (page) => page.NextMarker,
  );
}

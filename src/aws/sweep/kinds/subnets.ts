import { DeleteSubnetCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

export const subnets: Kind = {
  name: "subnet",
  why: "blocks the VPC",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(
      look,
      (Filters) =>
        nextTokenPages(
          (token) => clients.ec2.send(new DescribeSubnetsCommand({ Filters, ...token }), call),
          (page) => page.Subnets,
        ),
      "vpc-id",
    );
    return found.map(({ SubnetId: id = "", Tags, OwnerId, VpcId, CidrBlock }) => ({
      id,
      name: tagsOf(Tags)["Name"],
      tags: tagsOf(Tags),
      signs: inOwnVpc(look, VpcId),
      owner: OwnerId,
      detail: CidrBlock,
      fix: `aws ec2 delete-subnet --region ${scope.region} --subnet-id ${id}`,
    }));
  },
  async remove(SubnetId, { clients, call }) {
    await clients.ec2.send(new DeleteSubnetCommand({ SubnetId }), call);
  },
};

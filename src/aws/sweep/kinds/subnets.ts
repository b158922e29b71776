import { DeleteSubnetCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = {
  keys: ["karpenter.sh/discovery", "kubernetes.io/cluster/", "aura:environment"],
  vpcFilter: "vpc-id",
};

export const subnets: Kind = {
  name: "subnet",
  why: "blocks the VPC",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, (Filters) =>
      nextTokenPages(
        (token) => clients.ec2.send(new DescribeSubnetsCommand({ Filters, ...token }), call),
        (page) => page.Subnets,
      ),
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

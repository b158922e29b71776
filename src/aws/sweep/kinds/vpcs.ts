import { DeleteVpcCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";

import { tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["aura:environment"] };

/** Its default security group, main route table and default network ACL go with it. */
export const vpcs: Kind = {
  name: "VPC",
  why: "costs nothing, counts against a quota of 5 in a region",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, (Filters) =>
      nextTokenPages(
        (token) => clients.ec2.send(new DescribeVpcsCommand({ Filters, ...token }), call),
        (page) => page.Vpcs,
      ),
    );
    return found.map(({ VpcId: id = "", Tags, OwnerId, CidrBlock }) => ({
      id,
      name: tagsOf(Tags)["Name"],
      tags: tagsOf(Tags),
      owner: OwnerId,
      detail: CidrBlock,
      fix: `aws ec2 delete-vpc --region ${scope.region} --vpc-id ${id}`,
    }));
  },
  async remove(VpcId, { clients, call }) {
    await clients.ec2.send(new DeleteVpcCommand({ VpcId }), call);
  },
};

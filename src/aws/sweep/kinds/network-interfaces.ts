import { DeleteNetworkInterfaceCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = {
  keys: ["cluster.k8s.amazonaws.com/name", "eks:eks-cluster-name", "kubernetes.io/cluster/", "aura:environment"],
  vpcFilter: "vpc-id",
};

/**
 * Interfaces that nothing uses, which the VPC CNI leaves behind when its node goes first. One in use belongs to an
 * instance, a load balancer or an endpoint, and goes with that.
 */
export const networkInterfaces: Kind = {
  name: "network interface",
  why: "blocks security groups, subnets and the VPC",
  async find(look) {
    const { clients, call, scope } = look;
    const available = { Name: "status", Values: ["available"] };
    const found = await tagged(look, wanted, (filters) =>
      nextTokenPages(
        (token) =>
          clients.ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [...filters, available], ...token }), call),
        (page) => page.NetworkInterfaces,
      ),
    );
    // One of a service is the service's to remove
    return found
      .filter(({ RequesterManaged, Status }) => RequesterManaged !== true && Status === "available")
      .map(({ NetworkInterfaceId: id = "", TagSet, VpcId, OwnerId, Description }) => {
        const tags = tagsOf(TagSet);
        const createdAt = tags["node.k8s.amazonaws.com/createdAt"];
        return {
          id,
          tags,
          signs: inOwnVpc(look, VpcId),
          owner: OwnerId,
          state: "available",
          detail: Description || undefined,
          createdAt: createdAt === undefined ? undefined : new Date(createdAt),
          fix: `aws ec2 delete-network-interface --region ${scope.region} --network-interface-id ${id}`,
        };
      });
  },
  async remove(NetworkInterfaceId, { clients, call }) {
    await clients.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }), call);
  },
};

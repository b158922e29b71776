import { DeleteVpcEndpointsCommand, DescribeVpcEndpointsCommand, type Filter } from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";
import { presentParts, unlessMissing } from "./cluster-parts.ts";
import { refuseUnsuccessful } from "./unsuccessful.ts";

const wanted: Wanted = { keys: ["aura:environment"], vpcFilter: "vpc-id" };

export const vpcEndpoints: Kind = {
  name: "VPC endpoint",
  why: "an interface endpoint is billed by the hour in each zone; blocks subnets and the VPC",
  patienceMs: 600_000,
  async find(look) {
    const found = await tagged(look, wanted, (filters) => describe(look, filters));
    return found
      .filter(({ State }) => !isGone(State))
      .map(
        ({ VpcEndpointId: id = "", ServiceName, VpcEndpointType, VpcId, State, CreationTimestamp, ...endpoint }) => ({
          id,
          name: ServiceName?.split(".").slice(3).join("."),
          tags: tagsOf(endpoint.Tags),
          signs: inOwnVpc(look, VpcId),
          owner: endpoint.OwnerId,
          state: State,
          ending: /^deleting$/i.test(State ?? ""),
          detail: VpcEndpointType,
          createdAt: CreationTimestamp,
          fix: `aws ec2 delete-vpc-endpoints --region ${look.scope.region} --vpc-endpoint-ids ${id}`,
        }),
      );
  },
  async remove(id, { clients, call }) {
    refuseUnsuccessful(await clients.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }), call));
  },
  present: (ids, { clients, call }) =>
    presentParts(ids, async (id) => {
      const command = new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] });
      const found = (await unlessMissing(() => clients.ec2.send(command, call)))?.VpcEndpoints ?? [];
      return found.find(({ State }) => !isGone(State));
    }),
};

function describe({ clients, call }: Hands, Filters: Filter[]) {
  return nextTokenPages(
    (token) => clients.ec2.send(new DescribeVpcEndpointsCommand({ Filters, ...token }), call),
    (page) => page.VpcEndpoints,
  );
}

// The API reference and the service do not agree on capitals
const isGone = (state: string | undefined) => /^deleted$/i.test(state ?? "");

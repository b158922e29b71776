import { DeleteNatGatewayCommand, DescribeNatGatewaysCommand, type Filter } from "@aws-sdk/client-ec2";

import { fixedUsdPerHour } from "../../../catalog/environment-costs.ts";
import { regionFactor } from "../../../catalog/regions.ts";
import { inOwnVpc, stillThere, tagged, type Wanted } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["aura:environment"], vpcFilter: "vpc-id" };

/** Its address can be released only once it is gone, which takes a minute or two. */
export const natGateways: Kind = {
  name: "NAT gateway",
  why: "billed by the hour",
  patienceMs: 600_000,
  async find(look) {
    const { region } = look.scope;
    const state = { Name: "state", Values: ["pending", "available", "deleting"] };
    const found = await tagged(look, wanted, (filters) => describe(look, [...filters, state]));
    return found.map(({ NatGatewayId: id = "", Tags, VpcId, State, CreateTime }) => ({
      id,
      name: tagsOf(Tags)["Name"],
      tags: tagsOf(Tags),
      signs: inOwnVpc(look, VpcId),
      state: State,
      ending: State === "deleting",
      usdPerHour: fixedUsdPerHour.natGateway * (regionFactor(region, "nat")?.factor ?? 1),
      createdAt: CreateTime,
      fix: `aws ec2 delete-nat-gateway --region ${region} --nat-gateway-id ${id}`,
    }));
  },
  async remove(NatGatewayId, { clients, call }) {
    await clients.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }), call);
  },
  present: (ids, hands) =>
    stillThere(ids, "nat-gateway-id", async (filters) =>
      (await describe(hands, filters)).filter(({ State }) => State !== "deleted").map((one) => one.NatGatewayId),
    ),
};

function describe({ clients, call }: Hands, Filter: Filter[]) {
  return nextTokenPages(
    (token) => clients.ec2.send(new DescribeNatGatewaysCommand({ Filter, ...token }), call),
    (page) => page.NatGateways,
  );
}

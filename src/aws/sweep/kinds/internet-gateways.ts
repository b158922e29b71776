import {
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
  type Filter,
} from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["aura:environment"], vpcFilter: "attachment.vpc-id" };

export const internetGateways: Kind = {
  name: "internet gateway",
  why: "blocks the VPC",
  async find(look) {
    const { region } = look.scope;
    const found = await tagged(look, wanted, (filters) => describe(look, filters));
    return found.map(({ InternetGatewayId: id = "", Tags, OwnerId, Attachments = [] }) => {
      const vpcs = Attachments.flatMap(({ VpcId }) => VpcId ?? []);
      const detach = vpcs.map((vpc) => `detach-internet-gateway --region ${region} --vpc-id ${vpc}`);
      const steps = [...detach, `delete-internet-gateway --region ${region}`];
      return {
        id,
        name: tagsOf(Tags)["Name"],
        tags: tagsOf(Tags),
        signs: vpcs.flatMap((vpc) => inOwnVpc(look, vpc)),
        owner: OwnerId,
        fix: steps.map((step) => `aws ec2 ${step} --internet-gateway-id ${id}`).join(" && "),
      };
    });
  },
  async remove(InternetGatewayId, hands) {
    const { clients, call } = hands;
    const [gateway] = await describe(hands, [{ Name: "internet-gateway-id", Values: [InternetGatewayId] }]);
    for (const { VpcId } of gateway?.Attachments ?? [])
      await clients.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }), call);
    await clients.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }), call);
  },
};

function describe({ clients, call }: Hands, Filters: Filter[]) {
  return nextTokenPages(
    (token) => clients.ec2.send(new DescribeInternetGatewaysCommand({ Filters, ...token }), call),
    (page) => page.InternetGateways,
  );
}

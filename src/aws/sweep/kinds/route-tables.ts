import {
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  type Filter,
} from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

const wanted: Wanted = { keys: ["aura:environment"], vpcFilter: "vpc-id" };

export const routeTables: Kind = {
  name: "route table",
  why: "blocks the VPC",
  async find(look) {
    const found = await tagged(look, wanted, (filters) => describe(look, filters));
    // Every VPC has a main table, which goes with it and not before
    return found
      .filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main === true))
      .map(({ RouteTableId: id = "", Tags, OwnerId, VpcId }) => ({
        id,
        name: tagsOf(Tags)["Name"],
        tags: tagsOf(Tags),
        signs: inOwnVpc(look, VpcId),
        owner: OwnerId,
        fix: `aws ec2 delete-route-table --region ${look.scope.region} --route-table-id ${id}`,
      }));
  },
  async remove(RouteTableId, hands) {
    const { clients, call } = hands;
    const [table] = await describe(hands, [{ Name: "route-table-id", Values: [RouteTableId] }]);
    for (const { RouteTableAssociationId: AssociationId } of table?.Associations ?? [])
      await unlessMissing(() => clients.ec2.send(new DisassociateRouteTableCommand({ AssociationId }), call));
    await clients.ec2.send(new DeleteRouteTableCommand({ RouteTableId }), call);
  },
};

function describe({ clients, call }: Hands, Filters: Filter[]) {
  return nextTokenPages(
    (token) => clients.ec2.send(new DescribeRouteTablesCommand({ Filters, ...token }), call),
    (page) => page.RouteTables,
  );
}

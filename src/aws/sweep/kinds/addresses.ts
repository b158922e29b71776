import { DescribeAddressesCommand, ReleaseAddressCommand } from "@aws-sdk/client-ec2";

import { fixedUsdPerHour } from "../../../catalog/environment-costs.ts";
import { tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["aura:environment"] };

/** Public addresses of NAT gateways; those in use can be released when these are gone. */
export const addresses: Kind = {
  name: "Elastic IP",
  why: "billed by the hour, used or not",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, async (Filters) => {
      // The one call of EC2 that gives all at once
      const { Addresses = [] } = await clients.ec2.send(new DescribeAddressesCommand({ Filters }), call);
      return Addresses;
    });
    return found.map(({ AllocationId: id = "", PublicIp, Tags, AssociationId }) => ({
      id,
      name: PublicIp,
      tags: tagsOf(Tags),
      ...(AssociationId !== undefined && { state: "in use" }),
      usdPerHour: fixedUsdPerHour.publicIpv4,
      fix: `aws ec2 release-address --region ${scope.region} --allocation-id ${id}`,
    }));
  },
  async remove(AllocationId, { clients, call }) {
    await clients.ec2.send(new ReleaseAddressCommand({ AllocationId }), call);
  },
};

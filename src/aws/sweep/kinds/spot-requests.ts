import { CancelSpotInstanceRequestsCommand, DescribeSpotInstanceRequestsCommand } from "@aws-sdk/client-ec2";

import { tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["eks:eks-cluster-name", "aura:environment"] };

/** Requests that still ask. Fleets are not looked for: Karpenter's are of type instant and end as they begin. */
export const spotRequests: Kind = {
  name: "spot request",
  why: "launches an instance again, and counts against the spot quota",
  async find(look) {
    const { clients, call, scope } = look;
    const state = { Name: "state", Values: ["open", "active", "disabled"] };
    const found = await tagged(look, wanted, (filters) =>
      nextTokenPages(
        (token) =>
          clients.ec2.send(new DescribeSpotInstanceRequestsCommand({ Filters: [...filters, state], ...token }), call),
        (page) => page.SpotInstanceRequests,
      ),
    );
    return found.map(({ SpotInstanceRequestId: id = "", State, CreateTime, Tags }) => ({
      id,
      tags: tagsOf(Tags),
      state: State,
      createdAt: CreateTime,
      fix: `aws ec2 cancel-spot-instance-requests --region ${scope.region} --spot-instance-request-ids ${id}`,
    }));
  },
  async remove(id, { clients, call }) {
    await clients.ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [id] }), call);
  },
};

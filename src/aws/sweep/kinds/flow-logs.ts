import { DeleteFlowLogsCommand, DescribeFlowLogsCommand } from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";
import { refuseUnsuccessful } from "./unsuccessful.ts";

const wanted: Wanted = { keys: ["aura:environment"], vpcFilter: "resource-id" };

export const flowLogs: Kind = {
  name: "flow log",
  why: "billed by what it writes",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, (Filter) =>
      nextTokenPages(
        (token) => clients.ec2.send(new DescribeFlowLogsCommand({ Filter, ...token }), call),
        (page) => page.FlowLogs,
      ),
    );
    return found.map(({ FlowLogId: id = "", Tags, ResourceId, FlowLogStatus, CreationTime }) => ({
      id,
      name: tagsOf(Tags)["Name"],
      tags: tagsOf(Tags),
      signs: inOwnVpc(look, ResourceId),
      state: FlowLogStatus,
      createdAt: CreationTime,
      fix: `aws ec2 delete-flow-logs --region ${scope.region} --flow-log-ids ${id}`,
    }));
  },
  async remove(id, { clients, call }) {
    refuseUnsuccessful(await clients.ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [id] }), call));
  },
};

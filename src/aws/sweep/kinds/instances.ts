import { DescribeInstancesCommand, type Filter, type Instance, TerminateInstancesCommand } from "@aws-sdk/client-ec2";

import { instanceType } from "../../../catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../../catalog/prices.ts";
import { inOwnVpc, stillThere, tagged, type Wanted } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind, Look, Thing } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const alive = ["pending", "running", "stopping", "stopped"];

const wanted: Wanted = { keys: ["eks:eks-cluster-name", "eks:cluster-name", "aura:environment"], vpcFilter: "vpc-id" };

/** Nodes: Karpenter's, which no Terraform state knows, and those of EKS's node groups. */
export const instances: Kind = {
  name: "EC2 instance",
  why: "billed by the second",
  patienceMs: 600_000,
  async find(look) {
    const states = { Name: "instance-state-name", Values: [...alive, "shutting-down"] };
    const found = await tagged(look, wanted, (filters) => describe(look, [...filters, states]));
    return found.map((instance) => thing(look, instance));
  },
  async remove(id, { clients, call }) {
    await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }), call);
  },
  present: (ids, hands) =>
    stillThere(ids, "instance-id", async (filters) => {
      const found = await describe(hands, filters);
      return found.filter(({ State }) => State?.Name !== "terminated").map(({ InstanceId }) => InstanceId);
    }),
};

async function describe({ clients, call }: Hands, Filters: Filter[]): Promise<Instance[]> {
  const ask = (token: object) => clients.ec2.send(new DescribeInstancesCommand({ Filters, ...token }), call);
  const reservations = await nextTokenPages(ask, (page) => page.Reservations);
  return reservations.flatMap(({ OwnerId, Instances = [] }) =>
    Instances.map((instance) => ({ ...instance, ...(OwnerId !== undefined && { OwnerId }) })),
  );
}

function thing(look: Look, instance: Instance & { readonly OwnerId?: string }): Thing {
  const { InstanceId: id = "", InstanceType: type = "", State, LaunchTime, VpcId, InstanceLifecycle } = instance;
  const tags = tagsOf(instance.Tags);
  const state = State?.Name ?? "";
  const { region } = look.scope;
  return {
    id,
    name: tags["Name"],
    tags,
    signs: inOwnVpc(look, VpcId),
    owner: instance.OwnerId,
    state,
    ending: !alive.includes(state),
    detail: `${type}${InstanceLifecycle === "spot" ? ", spot" : ""}`,
    // One that is stopped costs its volumes only
    usdPerHour: /^stop/.test(state) ? 0 : hourly(region, type, InstanceLifecycle === "spot"),
    createdAt: LaunchTime,
    fix: `aws ec2 terminate-instances --region ${region} --instance-ids ${id}`,
  };
}

function hourly(region: string, name: string, spot: boolean): number | undefined {
  const type = instanceType(name);
  return type && (spot ? spotPrice : onDemandPrice)(region, type)?.usdPerHour;
}

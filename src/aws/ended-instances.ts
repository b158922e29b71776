import { DescribeInstancesCommand, type Instance } from "@aws-sdk/client-ec2";

import { instanceType } from "../catalog/instance-types.ts";
import type { NodeObserved } from "../timeline/entries.ts";
import type { AwsClients } from "./clients.ts";
import { nextTokenPages } from "./sweep/pages.ts";
import { runKey, tagsOf } from "./sweep/scope.ts";

/** What EC2 remembers of an instance that was a node. */
export interface EndedInstance {
  /** The NodeClaim that it was launched for. */
  readonly name: string;
  readonly facts: Omit<NodeObserved, "type" | "name" | "state" | "reason"> & { readonly instanceType: string };
  /** In milliseconds since the epoch. */
  readonly launchedAt: number;
  /** Undefined where EC2 does not say, as of a spot instance that it took back. */
  readonly endedAt?: number;
}

const claimKey = "karpenter.sh/nodeclaim";

/** Which instances are meant. */
export interface LaunchedFor {
  readonly cluster: string;
  readonly run: string;
}

/**
 * The terminated instances that Karpenter had launched in a run. EC2 describes these for about an hour (User Guide,
 * "Terminate Amazon EC2 instances"); Karpenter tags them with the names of NodeClaim and Node once they have registered
 * (karpenter-provider-aws, pkg/controllers/nodeclaim/tagging).
 */
export async function endedInstances({ ec2 }: AwsClients, { cluster, run }: LaunchedFor): Promise<EndedInstance[]> {
  const Filters = [
    { Name: "tag:eks:eks-cluster-name", Values: [cluster] },
    { Name: `tag:${runKey}`, Values: [run] },
    { Name: "tag-key", Values: [claimKey] },
    { Name: "instance-state-name", Values: ["terminated"] },
  ];
  const ask = (token: object) => ec2.send(new DescribeInstancesCommand({ Filters, ...token }));
  const reservations = await nextTokenPages(ask, (page) => page.Reservations);
  return reservations.flatMap(({ Instances = [] }) => Instances.flatMap(endedInstance));
}

function endedInstance(instance: Instance): EndedInstance[] {
  const { InstanceType: type, LaunchTime, InstanceLifecycle, Placement, StateTransitionReason } = instance;
  const tags = tagsOf(instance.Tags);
  const name = tags[claimKey];
  if (name === undefined || type === undefined || LaunchTime === undefined) return [];
  const gpu = instanceType(type)?.gpu;
  const endedAt = timeIn(StateTransitionReason);
  return [
    {
      name,
      facts: {
        ...{ instanceType: type, capacityType: InstanceLifecycle === "spot" ? "spot" : "on-demand" },
        ...tagged({ node: tags["Name"], pool: tags["karpenter.sh/nodepool"], zone: Placement?.AvailabilityZone }),
        ...(instanceType(type) && { gpus: gpu?.count ?? 0 }),
        ...(gpu && { gpu: gpu.name }),
      },
      launchedAt: LaunchTime.getTime(),
      ...(endedAt !== undefined && { endedAt }),
    },
  ];
}

function tagged<K extends string>(fields: Record<K, string | undefined>): { [Key in K]?: string } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(present) as { [Key in K]?: string };
}

/** `User initiated (2026-11-25 08:03:06 GMT)` */
function timeIn(reason = ""): number | undefined {
  const [, day, time] = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) GMT\)/.exec(reason) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

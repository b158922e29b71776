import {
  type _InstanceType,
  DescribeInstanceTypesCommand,
  type EC2Client,
  type Instance,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";

import { instanceType } from "../../catalog/instance-types.ts";
import { isOwnThing } from "./own-things.ts";
import { vcpuQuotaCode } from "./vcpu-quotas.ts";

/** The vCPUs of running instances by the code of the quota that counts them. */
export type UsedVcpus = ReadonlyMap<string, number>;

/**
 * Adds up what runs in the region beside the environment's own nodes. Instances that are stopped do not count, nor those
 * on dedicated hosts or in capacity blocks.
 */
export async function usedVcpus(ec2: EC2Client, environment: { readonly name: string }): Promise<UsedVcpus> {
  const instances: Instance[] = [];
  const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters, MaxResults: 1000 })) {
    instances.push(...Reservations.flatMap((reservation) => reservation.Instances ?? []));
  }
  const counted = instances.filter(
    (one) =>
      one.InstanceLifecycle !== "capacity-block" && one.Placement?.Tenancy !== "host" && !isOwnThing(one, environment),
  );
  const vcpus = await vcpusOf(ec2, new Set(counted.map((one) => one.InstanceType ?? "")));
  const used = new Map<string, number>();
  for (const { InstanceType: type = "", InstanceLifecycle } of counted) {
    const code = vcpuQuotaCode(type, InstanceLifecycle === "spot" ? "spot" : "on-demand");
    if (code !== undefined) used.set(code, (used.get(code) ?? 0) + (vcpus.get(type) ?? 0));
  }
  return used;
}

/** By the catalog, and for what it does not carry by EC2. */
async function vcpusOf(ec2: EC2Client, types: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const vcpus = new Map([...types].map((type) => [type, instanceType(type)?.vcpu]));
  const unknown = [...types].filter((type) => vcpus.get(type) === undefined);
  // EC2 takes up to 100 types in a call
  for (let at = 0; at < unknown.length; at += 100) {
    const InstanceTypes = unknown.slice(at, at + 100) as _InstanceType[];
    const found = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes }));
    for (const one of found.InstanceTypes ?? []) vcpus.set(one.InstanceType ?? "", one.VCpuInfo?.DefaultVCpus);
  }
  return new Map([...vcpus].map(([type, count]) => [type, count ?? 0]));
}

import { type EC2Client, paginateDescribeInstanceTypeOfferings } from "@aws-sdk/client-ec2";

import type { Environment } from "../../spec/environment.ts";
import { typesOf } from "./pool-types.ts";

/** The zones of the region that offer an instance type, by the type's name. */
export type Offered = ReadonlyMap<string, ReadonlySet<string>>;

/** How many values a filter of EC2 takes. */
const valuesInFilter = 200;

/** Where the region offers the types of the environment's pools and its system nodes. */
export async function offeredTypes(ec2: EC2Client, { pools, cluster }: Environment): Promise<Offered> {
  const ofPools = pools.flatMap((pool) => typesOf(pool).map(({ name }) => name));
  const wanted = [...new Set([...ofPools, ...cluster.systemNodes.instanceTypes])];
  const offered = new Map<string, Set<string>>();
  for (let at = 0; at < wanted.length; at += valuesInFilter) {
    const Filters = [{ Name: "instance-type", Values: wanted.slice(at, at + valuesInFilter) }];
    const asked = { LocationType: "availability-zone" as const, Filters };
    for await (const page of paginateDescribeInstanceTypeOfferings({ client: ec2 }, asked)) {
      for (const { InstanceType = "", Location = "" } of page.InstanceTypeOfferings ?? []) {
        offered.set(InstanceType, (offered.get(InstanceType) ?? new Set()).add(Location));
      }
    }
  }
  return offered;
}

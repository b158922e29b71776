import type { Filter } from "@aws-sdk/client-ec2";

import type { Look } from "./kind.ts";
import { chunks } from "./pages.ts";
import { type NamingKey, namingTags } from "./scope.ts";

/** A filter takes 200 values at most (EC2 API Reference, Using_Filtering). */
const mostValues = 200;

export interface Wanted {
  /** The tags of which things of a kind carry one at least. */
  readonly keys: readonly NamingKey[];
  /** What the filter by VPC is called, for kinds that lie in one. */
  readonly vpcFilter?: string;
}

/** What `ask` finds by tags that name the environment or its cluster, and in the environment's own VPCs. */
export async function tagged<T>(
  { scope, vpcs }: Look,
  { keys, vpcFilter }: Wanted,
  ask: (filters: Filter[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const tags = Object.entries(namingTags(scope, keys));
  const filters = tags.map(([key, value]): Filter => ({ Name: `tag:${key}`, Values: [value] }));
  const inVpcs = vpcFilter === undefined || vpcs.length === 0 ? [] : [{ Name: vpcFilter, Values: [...vpcs] }];
  return (await Promise.all([...filters, ...inVpcs].map((filter) => ask([filter])))).flat();
}

/** The ids among these that `ask` still finds. A filter, unlike a list of ids, does not fail for one that is gone. */
export async function stillThere(
  ids: readonly string[],
  filter: string,
  ask: (filters: Filter[]) => Promise<readonly (string | undefined)[]>,
): Promise<string[]> {
  const there = new Set<string | undefined>();
  for (const Values of chunks(ids, mostValues)) {
    for (const id of await ask([{ Name: filter, Values }])) there.add(id);
  }
  return ids.filter((id) => there.has(id));
}

/** The sign that a thing lies in the environment's own VPC. */
export function inOwnVpc({ vpcs }: Look, vpc: string | undefined): string[] {
  return vpc !== undefined && vpcs.includes(vpc) ? [`lies in the environment's ${vpc}`] : [];
}

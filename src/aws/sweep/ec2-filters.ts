import type { Filter } from "@aws-sdk/client-ec2";

import type { Look } from "./kind.ts";
import { chunks } from "./pages.ts";
import { namingKeys } from "./scope.ts";

/** A filter takes 200 values at most (EC2 API Reference, Using_Filtering). */
const mostValues = 200;

/** What `ask` finds among things whose tags name some environment or cluster, and in the environment's own VPCs. */
export async function tagged<T>(
  look: Look,
  ask: (filters: Filter[]) => Promise<readonly T[]>,
  vpcFilter?: string,
): Promise<T[]> {
  const byTags = await ask([{ Name: "tag-key", Values: namingKeys(look.scope) }]);
  if (vpcFilter === undefined || look.vpcs.length === 0) return [...byTags];
  return [...byTags, ...(await ask([{ Name: vpcFilter, Values: [...look.vpcs] }]))];
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

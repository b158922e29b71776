import { DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { DescribeClusterCommand, ListClustersCommand } from "@aws-sdk/client-eks";

import { timestamp } from "../../kernel/clock.ts";
import { clusterName } from "../../synth/kubernetes/labels.ts";
import type { AwsClients } from "../clients.ts";
import { type Hands, handsOf } from "./hands.ts";
import { unlessMissing } from "./kinds/cluster-parts.ts";
import { allPages, nextTokenPages } from "./pages.ts";
import { expiryOf } from "./recognize.ts";
import { environmentKey, expiryKey, type Tags } from "./scope.ts";
import { taggedResources } from "./tag-index.ts";

/** An environment all of whose things have expired. */
export interface ExpiredEnvironment {
  readonly environment: string;
  readonly cluster: string;
  /** When the last of them did, in RFC 3339. */
  readonly expiredAt: string;
  /** How many things say so. */
  readonly things: number;
}

/**
 * The environments of an account and region that have expired by `now` (milliseconds since the epoch): Aura's tags are
 * on them, and no `aura:expires-at` of theirs is in the future or `never`: who deploys again extends an environment's
 * life by what is new. What only IAM still has is not found: name the environment to sweep that.
 */
export async function expiredEnvironments(
  clients: AwsClients,
  { now, signal }: { readonly now: number; readonly signal?: AbortSignal | undefined },
): Promise<readonly ExpiredEnvironment[]> {
  const hands = handsOf(clients, signal);
  const seen = await Promise.all([tagsInEc2(hands), tagsOfClusters(hands), tagsInIndex(hands)]);
  const lives = new Map<string, number[]>();
  for (const tags of seen.flat()) {
    const environment = tags[environmentKey];
    if (environment === undefined || tags["managed-by"] !== "aura" || tags[expiryKey] === undefined) continue;
    lives.set(environment, [...(lives.get(environment) ?? []), expiryOf(tags)]);
  }
  return [...lives]
    .map(([environment, ends]) => ({ environment, last: ends.reduce((a, b) => Math.max(a, b)), things: ends.length }))
    .filter(({ last }) => last < now)
    .toSorted((a, b) => (a.environment < b.environment ? -1 : 1))
    .map(({ environment, last, things }) => ({
      environment,
      cluster: clusterName({ name: environment }),
      expiredAt: timestamp(last),
      things,
    }));
}

async function tagsInEc2({ clients, call }: Hands): Promise<Tags[]> {
  const keys = { Name: "key", Values: [environmentKey, expiryKey, "managed-by"] };
  const list = await nextTokenPages(
    (token) => clients.ec2.send(new DescribeTagsCommand({ Filters: [keys], ...token }), call),
    (page) => page.Tags,
  );
  const byThing = new Map<string, Tags>();
  for (const { ResourceId: id = "", Key = "", Value = "" } of list)
    byThing.set(id, { ...byThing.get(id), [Key]: Value });
  return [...byThing.values()];
}

async function tagsOfClusters({ clients, call }: Hands): Promise<Tags[]> {
  const names = await allPages(
    (nextToken) => clients.eks.send(new ListClustersCommand({ nextToken }), call),
    (page) => page.clusters,
    (page) => page.nextToken,
  );
  // Others' clusters may be closed to who sweeps, and need not be looked into
  const own = names.filter((name) => name.startsWith(clusterName({ name: "" })));
  const described = own.map((name) =>
    unlessMissing(async () => (await clients.eks.send(new DescribeClusterCommand({ name }), call)).cluster?.tags),
  );
  return (await Promise.all(described)).filter((tags) => tags !== undefined);
}

/** Queues, log groups and the like, by the index of all tags. IAM's are left out: a workflow's role outlives all. */
async function tagsInIndex(hands: Hands): Promise<Tags[]> {
  const listed = await taggedResources(hands, { Key: "managed-by", Values: ["aura"] });
  return listed.filter(({ arn }) => !/^arn:[^:]+:iam:/.test(arn)).map(({ tags }) => tags);
}

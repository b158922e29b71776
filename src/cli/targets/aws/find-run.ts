import type { AwsClients } from "../../../aws/clients.ts";
import { describeCluster } from "../../../aws/eks/cluster.ts";
import { inventory } from "../../../aws/sweep/inventory.ts";
import { environmentKey, expiryKey, runKey } from "../../../aws/sweep/scope.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { FoundRun } from "../../../lifecycle/target.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { AccountFacts } from "./account-facts.ts";
import { stepNames } from "./step-names.ts";

interface FindOptions {
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly facts: () => Promise<AccountFacts>;
}

/**
 * The run that lives in the account, by the tags of its cluster; without a cluster, and with anything else of the
 * environment there, a run without a name that can be destroyed.
 */
export async function findRun({ environment, clients, clock, facts }: FindOptions): Promise<FoundRun | undefined> {
  const { scope, cluster } = await facts();
  const tags = (await describeCluster(clients, cluster))?.tags ?? {};
  const isOwn = tags[environmentKey] === environment.name;
  if (!isOwn && (await inventory(clients, scope)).found.length === 0) return undefined;
  const expiresAt = Date.parse(tags[expiryKey] ?? "");
  return {
    run: (isOwn && tags[runKey]) || `${environment.name}-found`,
    begunAt: Number.isNaN(expiresAt) ? clock.now() : expiresAt - environment.ttlMs,
    steps: stepNames,
  };
}

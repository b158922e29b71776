import type { AwsClients } from "../../../aws/clients.ts";
import { describeCluster } from "../../../aws/eks/cluster.ts";
import { inventory } from "../../../aws/sweep/inventory.ts";
import { environmentKey, expiryKey, runKey } from "../../../aws/sweep/scope.ts";
import { type Clock, timestamp } from "../../../kernel/clock.ts";
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
  const found = (await describeCluster(clients, cluster))?.tags ?? {};
  const tags = found[environmentKey] === environment.name ? found : undefined;
  if (tags === undefined && (await inventory(clients, scope)).found.length === 0) return undefined;
  const expiresAt = Date.parse(tags?.[expiryKey] ?? "");
  // in a folder of its own: a report is of one run
  const stamp = timestamp(clock.now()).replace(/[-:Z]/g, "").replace("T", "-");
  return {
    // it becomes the name of a folder, and anybody may write a tag
    run: /^[\w-]+$/.exec(tags?.[runKey] ?? "")?.[0] ?? `${environment.name}-found-${stamp}`,
    begunAt: Number.isNaN(expiresAt) ? clock.now() : expiresAt - environment.ttlMs,
    steps: stepNames,
  };
}

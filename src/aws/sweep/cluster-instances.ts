import { Failure } from "../../kernel/failure.ts";
import type { AwsClients } from "../clients.ts";
import { type InventoryOptions, inventory } from "./inventory.ts";
import type { Remain } from "./kind.ts";
import { instances } from "./kinds/instances.ts";
import { type Removal, type RemovalOptions, removeRemains } from "./remove.ts";
import type { SweepScope } from "./scope.ts";

/**
 * The instances that a cluster's Karpenter launched and that are not ending: no Terraform state knows them. Those of the
 * system node group are not among them. Fails with AWS_ERROR where that cannot be known.
 */
export async function clusterInstances(
  clients: AwsClients,
  scope: SweepScope,
  options: Pick<InventoryOptions, "signal"> = {},
): Promise<readonly Remain[]> {
  const { found, unchecked } = await inventory(clients, scope, { ...options, kinds: [instances] });
  const [denied] = unchecked;
  if (denied !== undefined) {
    throw new Failure("AWS_ERROR", `whether instances of ${scope.cluster} run cannot be seen`, { why: denied.why });
  }
  return found.filter(({ evidence }) => evidence.some((one) => one.startsWith("karpenter.sh/nodepool=")));
}

/** Terminates instances and waits, ten minutes at most, until all of them are. */
export function terminateInstances(
  clients: AwsClients,
  found: readonly Remain[],
  options: RemovalOptions,
): Promise<Removal> {
  const only = found.filter(({ kind }) => kind === instances.name);
  return removeRemains(clients, only, options);
}

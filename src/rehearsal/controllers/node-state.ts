import type { Node, NodeClaim, NodePool, Taint } from "../../cluster/objects.ts";
import type { NodeStorage } from "../../planner/node-storage.ts";
import { add, type Resources } from "../../planner/resources.ts";
import { holds } from "../core/conditions.ts";
import type { Core } from "../core/core.ts";
import { find, isDeleting, list, nameOf } from "../core/refs.ts";
import { nodeStorage, resourcesOf } from "./convert.ts";

export const registeredLabel = "karpenter.sh/registered";
export const initializedLabel = "karpenter.sh/initialized";
/** Keeps a Node or NodeClaim until its pods are drained and its instance is terminated. */
export const terminationFinalizer = "karpenter.sh/termination";
export const disruptedTaint = { key: "karpenter.sh/disrupted", effect: "NoSchedule" } as const satisfies Taint;

export function poolNameOf({ metadata }: NodeClaim | Node): string {
  return metadata.labels?.["karpenter.sh/nodepool"] ?? "";
}

/** The Node of a claim, once it has registered. */
export function nodeOf(core: Core, { status }: NodeClaim): Node | undefined {
  return status?.nodeName === undefined ? undefined : find(core, "Node", status.nodeName);
}

/** The name of a Node's NodeClaim. */
export function claimNameOf({ metadata }: Node): string | undefined {
  return metadata.ownerReferences?.find(({ kind }) => kind === "NodeClaim")?.name;
}

export function isInitialized(claim: NodeClaim): boolean {
  return holds(claim, "Initialized");
}

/** Capacity of a pool's claims, and how many `nodes` they are: what counts against its limits. */
export function usedBy(pool: string, claims: readonly NodeClaim[]): Resources {
  return claims
    .filter((claim) => poolNameOf(claim) === pool)
    .reduce<Resources>((sum, claim) => add(add(sum, resourcesOf(claim.status?.capacity)), { nodes: 1 }), {});
}

/** Pools that may launch nodes. */
export function activePools(core: Core): NodePool[] {
  return list(core, "NodePool").filter((pool) => !isDeleting(pool));
}

/** What the EC2NodeClass of a pool or claim says about disks. */
export function storageOf(core: Core, { name }: { readonly name: string }): NodeStorage {
  return nodeStorage(find(core, "EC2NodeClass", name)?.spec);
}

/** Pools that may launch nodes, each with what its claims use and its nodes' disks, as `plan` puts it. */
export function planned<T>(
  core: Core,
  claims: readonly NodeClaim[],
  plan: (pool: NodePool, used: Resources, storage: NodeStorage) => T,
): T[] {
  return activePools(core).map((pool) =>
    plan(pool, usedBy(nameOf(pool), claims), storageOf(core, pool.spec.template.spec.nodeClassRef)),
  );
}

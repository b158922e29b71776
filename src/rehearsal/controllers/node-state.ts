import type { EC2NodeClass, Node, NodeClaim, NodePool } from "../../cluster/objects.ts";
import { add, type Resources } from "../../planner/resources.ts";
import type { PlanPool } from "../../planner/types.ts";
import type { Core } from "../core/core.ts";
import { holds } from "./conditions.ts";
import { planPool, resourcesOf, rootVolumeBytes } from "./convert.ts";
import { isDeleting, nameOf, nodeClaimKind, nodeClassKind, nodeKind, nodePoolKind, refTo } from "./refs.ts";

export const poolLabel = "karpenter.sh/nodepool";
export const registeredLabel = "karpenter.sh/registered";
export const initializedLabel = "karpenter.sh/initialized";

export function claimsOf(core: Core): readonly NodeClaim[] {
  return core.list<NodeClaim>(nodeClaimKind).items;
}

export function poolNameOf(object: NodeClaim | Node): string {
  return object.metadata.labels?.[poolLabel] ?? "";
}

/** The Node of a claim, once it has registered. */
export function nodeOf(core: Core, claim: NodeClaim): Node | undefined {
  const name = claim.status?.nodeName;
  return name === undefined ? undefined : core.find<Node>(refTo(nodeKind, name));
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

/** Pools that may launch nodes, with what they use. */
export function planPools(core: Core, claims: readonly NodeClaim[]): PlanPool[] {
  return activePools(core).map((pool) => planPool(pool, usedBy(nameOf(pool), claims), volumeOf(core, pool)));
}

export function activePools(core: Core): NodePool[] {
  return core.list<NodePool>(nodePoolKind).items.filter((pool) => !isDeleting(pool));
}

/** The root volume that a pool's EC2NodeClass asks for, in bytes. */
export function volumeOf(core: Core, pool: NodePool): number | undefined {
  const { name } = pool.spec.template.spec.nodeClassRef;
  const nodeClass = core.find<EC2NodeClass>(refTo(nodeClassKind, name));
  return rootVolumeBytes(nodeClass?.spec.blockDeviceMappings);
}

import type { NodeClaim, NodePool } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { startController, watching } from "./controller.ts";
import { toResourceList } from "./convert.ts";
import type { ControllerDeps } from "./deps.ts";
import { claimsOf, poolNameOf, usedBy } from "./node-state.ts";
import { nameOf, nodeClaimKind, nodePoolKind, refOf, refTo } from "./refs.ts";

/** Keeps NodePools' status: what their nodes have together, how many they are, and that the pool is ready. */
export function startPoolStatus(deps: ControllerDeps): () => void {
  return startController(deps, {
    name: "nodepool",
    reconcile(name) {
      const pool = deps.core.find<NodePool>(refTo(nodePoolKind, name));
      if (pool !== undefined) writeStatus(deps, pool);
      return undefined;
    },
    watches: [watching<NodePool>(nodePoolKind, nameOf), watching<NodeClaim>(nodeClaimKind, poolNameOf)],
  });
}

function writeStatus({ core, clock }: ControllerDeps, pool: NodePool): void {
  const { nodes = 0, ...resources } = usedBy(nameOf(pool), claimsOf(core));
  const ready = ["ValidationSucceeded", "NodeClassReady", "Ready"].map((type) => {
    const old = pool.status?.conditions?.find((condition) => condition.type === type);
    const lastTransitionTime = old?.lastTransitionTime ?? timestamp(clock.now());
    return { type, status: "True", reason: type, message: "", lastTransitionTime };
  });
  // A merge patch keeps what it does not name: what is not used any more is named with null
  const gone = Object.fromEntries(Object.keys(pool.status?.resources ?? {}).map((name) => [name, null]));
  const status = { nodes, resources: { ...gone, ...toResourceList(resources) }, conditions: ready };
  core.patch(refOf(pool), { status }, { subresource: "status", fieldManager: "karpenter" });
}

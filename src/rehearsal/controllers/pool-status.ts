import { withCondition, writeStatus } from "../core/conditions.ts";
import { list, nameOf } from "../core/refs.ts";
import { startController, watching } from "./controller.ts";
import { toResourceList } from "./convert.ts";
import type { ControllerDeps } from "./deps.ts";
import { poolNameOf, usedBy } from "./node-state.ts";

/** Keeps NodePools' status: what their nodes have together, how many they are, and that the pool is ready. */
export function startPoolStatus(deps: ControllerDeps): () => void {
  const { core, clock } = deps;
  return startController(deps, {
    kind: "NodePool",
    reconcile(pool) {
      const { nodes = 0, ...resources } = usedBy(nameOf(pool), list(core, "NodeClaim"));
      // A merge patch keeps what it does not name: what is not used any more is named with null
      const gone = Object.fromEntries(Object.keys(pool.status?.resources ?? {}).map((name) => [name, null]));
      const conditions = ["ValidationSucceeded", "NodeClassReady", "Ready"].reduce(
        (all, type) => withCondition(all, { type, status: "True", reason: type, message: "" }, clock.now()),
        pool.status?.conditions ?? [],
      );
      writeStatus(core, pool, { nodes, resources: { ...gone, ...toResourceList(resources) }, conditions }, "karpenter");
      return undefined;
    },
    watches: [watching("NodeClaim", poolNameOf)],
  });
}

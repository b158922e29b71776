import type { KubeObject, NodeClaim, NodePool } from "../../cluster/objects.ts";
import { labelKeys } from "../../planner/instance-labels.ts";
import type { PlannedClaim, Requirement } from "../../planner/types.ts";
import type { Core } from "../core/core.ts";
import { kindRef, ownedBy, refTo } from "../core/refs.ts";
import { toResourceList } from "./convert.ts";
import { terminationFinalizer } from "./node-state.ts";

/** Writes a planned claim as Karpenter's provisioner does: labels and taints of its pool, types cheapest first. */
export function createClaim(core: Core, { pool: name, requirements, requests }: PlannedClaim): NodeClaim {
  const pool = core.read<NodePool>(refTo(kindRef("NodePool"), name));
  const { metadata, spec } = pool.spec.template;
  const { nodeClassRef, taints, startupTaints, expireAfter, terminationGracePeriod } = spec;
  const claim = {
    ...kindRef("NodeClaim"),
    metadata: {
      generateName: `${name}-`,
      labels: { ...metadata?.labels, ...singleValues(requirements), [labelKeys.pool]: name },
      annotations: { ...metadata?.annotations },
      finalizers: [terminationFinalizer],
      ownerReferences: [ownedBy(pool)],
    },
    spec: {
      ...{ nodeClassRef, taints, startupTaints, expireAfter, terminationGracePeriod },
      requirements,
      resources: { requests: toResourceList(requests) },
    },
  };
  return core.create(claim as KubeObject as NodeClaim, { fieldManager: "karpenter" });
}

/** Labels that are certain before the launch: those with a single value left. */
function singleValues(requirements: readonly Requirement[]): Record<string, string> {
  return Object.fromEntries(
    requirements.flatMap(({ key, operator, values = [] }) => {
      const [value] = values;
      return operator === "In" && values.length === 1 && value !== undefined ? [[key, value]] : [];
    }),
  );
}

import type { NodeClaim, NodePool, Taint } from "../../cluster/objects.ts";
import { labelKeys } from "../../planner/instance-labels.ts";
import type { PlannedClaim, Requirement } from "../../planner/types.ts";
import type { Core } from "../core/core.ts";
import { toResourceList } from "./convert.ts";
import { nameOf, nodeClaimKind, nodePoolKind, terminationFinalizer } from "./refs.ts";

/** Writes a planned claim as Karpenter's provisioner does: labels and taints of its pool, types cheapest first. */
export function createClaim(core: Core, pool: NodePool, { requirements, requests }: PlannedClaim): NodeClaim {
  const { metadata, spec } = pool.spec.template;
  const name = nameOf(pool);
  return core.create<NodeClaim>(
    {
      ...nodeClaimKind,
      metadata: {
        generateName: `${name}-`,
        labels: { ...metadata?.labels, ...singleValues(requirements), [labelKeys.pool]: name },
        ...(metadata?.annotations && { annotations: metadata.annotations }),
        finalizers: [terminationFinalizer],
        ownerReferences: [{ ...nodePoolKind, name, uid: pool.metadata.uid ?? "", blockOwnerDeletion: true }],
      },
      spec: {
        requirements: requirements.map(({ key, operator, values }) => ({
          key,
          operator,
          ...(values !== undefined && { values: [...values] }),
        })),
        nodeClassRef: spec.nodeClassRef,
        ...(spec.taints && { taints: spec.taints as Taint[] }),
        ...(spec.startupTaints && { startupTaints: spec.startupTaints as Taint[] }),
        ...(spec.expireAfter !== undefined && { expireAfter: spec.expireAfter }),
        ...(spec.terminationGracePeriod !== undefined && { terminationGracePeriod: spec.terminationGracePeriod }),
        resources: { requests: toResourceList(requests) },
      },
    },
    { fieldManager: "karpenter" },
  );
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

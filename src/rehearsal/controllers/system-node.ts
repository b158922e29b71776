import type { InstanceType } from "../../catalog/instance-type.ts";
import type { Node } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { instanceLabels, labelKeys } from "../../planner/instance-labels.ts";
import { allocatableOf, capacityOf } from "../../planner/resources.ts";
import type { Core } from "../core/core.ts";
import { toResourceList } from "./convert.ts";
import { nodeConditions, nodeInfo, simulated } from "./node-object.ts";
import { nodeKind, refTo } from "./refs.ts";

export interface SystemNodeOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: InstanceType;
}

const name = "system";

/**
 * The node of the managed node group that Karpenter itself runs on: there from the start, not Karpenter's, and closed to
 * jobs by EKS' taint for add-ons. Nothing happens when it is there already.
 */
export function ensureSystemNode(core: Core, { clock, region, zone, instanceType }: SystemNodeOptions): Node {
  const found = core.find<Node>(refTo(nodeKind, name));
  if (found !== undefined) return found;
  return core.create<Node>(
    {
      ...nodeKind,
      metadata: {
        name,
        annotations: simulated,
        labels: {
          ...instanceLabels(instanceType),
          [labelKeys.zone]: zone,
          [labelKeys.region]: region,
          "eks.amazonaws.com/nodegroup": "system",
          "eks.amazonaws.com/capacityType": "ON_DEMAND",
          "kubernetes.io/hostname": name,
        },
      },
      spec: { taints: [{ key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }] },
      status: {
        capacity: toResourceList(capacityOf(instanceType)),
        allocatable: toResourceList(allocatableOf(instanceType)),
        nodeInfo: nodeInfo(name, instanceType.architecture),
        conditions: nodeConditions(true, clock.now()),
      },
    },
    { fieldManager: "kubelet" },
  );
}

import { expect, test } from "vitest";

import type { Condition } from "../../../src/cluster/objects.ts";
import { autoscalerWords, growingGroups } from "../../../src/lifecycle/waits/autoscaler-words.ts";
import { karpenterWords } from "../../../src/lifecycle/waits/karpenter-words.ts";
import { conditionWords, launchWords } from "../../../src/lifecycle/waits/launch-words.ts";
import { schedulerWords } from "../../../src/lifecycle/waits/scheduler-words.ts";

// The originals are those of kube-scheduler 1.28 to 1.36, Cluster Autoscaler 1.26 to 1.34, Karpenter 0.32 to 1.14.

test.each([
  ["no nodes available to schedule pods", "the cluster has no node yet"],
  [
    "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    "no node has room for it: of 3 nodes 3 without enough free GPUs",
  ],
  [
    "0/5 nodes are available: 2 Insufficient cpu, 1 Too many pods, 1 node(s) had untolerated taint {CriticalAddonsOnly: true}, 1 node(s) were unschedulable. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling..",
    "no node has room for it: of 5 nodes 2 without enough free CPU, 1 with as many pods as a node takes, 1 with a taint that it does not tolerate (CriticalAddonsOnly: true), 1 that take no new pods (cordoned)",
  ],
  [
    "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    "no node has room for it: of 1 node 1 not ready yet",
  ],
  [
    "0/2 nodes are available: 2 node(s) had untolerated taint(s). no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never..",
    "no node has room for it: of 2 nodes 2 with a taint that it does not tolerate",
  ],
  [
    "0/4 nodes are available: 1 node(s) had volume node affinity conflict, 1 node(s) didn't match pod anti-affinity rules, 2 node(s) didn't match Pod's node affinity/selector.",
    "no node has room for it: of 4 nodes 1 in another zone than its volume, 1 where its neighbours keep it out, 2 without the labels that it asks for",
  ],
  [
    "0/2 nodes are available: 2 node(s) had untolerated taint {karpenter.sh/disrupted: }.",
    "no node has room for it: of 2 nodes 2 about to go",
  ],
  ['running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded', undefined],
])("the scheduler's words are made plain: %s", (message, words) => {
  expect(schedulerWords(message)).toBe(words);
});

const resources = 'resources={"cpu":"4150m","memory":"16Gi","nvidia.com/gpu":"16","pods":"5"}';
const requirements =
  "requirements=karpenter.k8s.aws/instance-family In [g5 g6], karpenter.sh/capacity-type In [on-demand spot]";

test.each([
  ["no pool fits: pool cpu: needs nvidia.com/gpu, has none", "no pool fits: pool cpu: needs nvidia.com/gpu, has none"],
  [
    "did not tolerate taint (taint=nvidia.com/gpu=true:NoSchedule); did not tolerate taint (taint=aura.dev/environment=e:NoSchedule)",
    "it does not tolerate the taint nvidia.com/gpu=true:NoSchedule; it does not tolerate the taint aura.dev/environment=e:NoSchedule",
  ],
  [
    'incompatible requirements, label "node.kubernetes.io/instancetype" does not have known values (typo of "node.kubernetes.io/instance-type"?)',
    "it asks for the label node.kubernetes.io/instancetype, which no node would have (is node.kubernetes.io/instance-type meant?)",
  ],
  [
    "incompatible requirements, key topology.kubernetes.io/zone, topology.kubernetes.io/zone In [eu-west-1a] not in topology.kubernetes.io/zone In [us-east-1a us-east-1b]",
    "it asks for topology.kubernetes.io/zone eu-west-1a, and the pool has us-east-1a or us-east-1b",
  ],
  [
    `no instance type has enough resources, ${requirements}, ${resources}`,
    "no instance type of the pool is large enough; with the daemons of a node it takes cpu 4150m, memory 16Gi, nvidia.com/gpu 16",
  ],
  [
    `no instance type met the scheduling requirements or had enough resources, ${requirements}, ${resources}`,
    "no instance type of the pool does; with the daemons of a node it takes cpu 4150m, memory 16Gi, nvidia.com/gpu 16",
  ],
  [
    `no instance type which met the scheduling requirements and had enough resources, had a required offering, ${requirements}, ${resources}`,
    "of the instance types that fit, none has capacity now in the zones and capacity types that are wanted",
  ],
  [
    `no instance type met all requirements, ${requirements}, ${resources}`,
    "no instance type of the pool is of the kind it asks for",
  ],
  [
    `no instance type which had enough resources and the required offering met the scheduling requirements, ${requirements}, ${resources}`,
    "no instance type of the pool is of the kind it asks for",
  ],
  [
    `no instance type which met the scheduling requirements and the required offering had the required resources, ${requirements}, ${resources}`,
    "no instance type of the pool is large enough; with the daemons of a node it takes cpu 4150m, memory 16Gi, nvidia.com/gpu 16",
  ],
  [
    `no instance type met the requirements/resources/offering tuple, ${requirements}, ${resources}`,
    "of the instance types that fit, none has capacity now in the zones and capacity types that are wanted",
  ],
  [
    "all available instance types exceed limits for nodepool (NodePool=gpu); did not tolerate taint (taint=team=x:NoSchedule)",
    "pool gpu: the pool's limit is reached: any further node would exceed it; it does not tolerate the taint team=x:NoSchedule",
  ],
  [
    "node limits have been exhausted for nodepool (NodePool=gpu)",
    "pool gpu: the pool's limit is reached: any further node would exceed it",
  ],
  [
    'incompatible with nodepool "default", daemonset overhead={"cpu":"150m","pods":"3"}, did not tolerate dedicated=dev:NoSchedule',
    "pool default: it does not tolerate the taint dedicated=dev:NoSchedule",
  ],
  [
    'incompatible with nodepool "spot", daemonset overhead={"cpu":"150m","pods":"2"}, incompatible requirements, key capacity_type, capacity_type In [on-demand] not in capacity_type In [spot]; incompatible with nodepool "od", daemonset overhead={"cpu":"150m"}, no instance type has the required offering, requirements=a In [b], resources={"cpu":"1"}',
    "pool spot: it asks for capacity_type on-demand, and the pool has spot; pool od: of the instance types that fit, none has capacity now in the zones and capacity types that are wanted",
  ],
  [
    "nodepool requirements filtered out all available instance types",
    "no instance type satisfies what the pools ask for and has capacity now",
  ],
  [
    "unsatisfiable topology constraint for topology spread, key=topology.kubernetes.io/zone (counts = map[us-east-1a:1], podDomains = topology.kubernetes.io/zone Exists, nodeDomains = topology.kubernetes.io/zone In [us-east-1a]",
    "no place is left that its topology spread over topology.kubernetes.io/zone allows",
  ],
  [
    "pod has Dynamic Resource Allocation requirements that are not yet supported by Karpenter",
    "it claims devices (DRA), for which Karpenter makes no nodes",
  ],
  [
    "unbound pvc must define a storage class (PersistentVolumeClaim=default/data)",
    "its volume is not to be had: unbound pvc must define a storage class (PersistentVolumeClaim=default/data)",
  ],
  ["something that no version has said", "something that no version has said"],
])("Karpenter's words are made plain: %s", (message, words) => {
  expect(karpenterWords(`Failed to schedule pod, ${message}`)).toBe(words);
});

const fleet = "NodeClaim gpu-1 event: creating instance, insufficient capacity, with fleet error(s), ";

test.each([
  [
    `${fleet}InsufficientInstanceCapacity: We currently do not have sufficient g6e.2xlarge capacity in the Availability Zone you requested (eu-central-1a). Our system will be working on provisioning additional capacity. You can currently get g6e.2xla...`,
    "EC2 has no g6e.2xlarge left in eu-central-1a",
  ],
  [
    `${fleet}UnfulfillableCapacity: Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. (aws-error-code=UnfulfillableCapacity, aws-oper...`,
    "EC2 has no such instance left now",
  ],
  [
    `${fleet}VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amaz...`,
    "the account's quota of 0 vCPUs for such instances is used up: aura doctor says which to raise",
  ],
  [
    `${fleet}MaxSpotInstanceCountExceeded: Max spot instance count exceeded; UnfulfillableCapacity: Unable to fulfill capacity`,
    "EC2 has no such instance left now; the account's spot quota for such instances is used up: aura doctor says which to raise",
  ],
  [
    `${fleet}InsufficientFreeAddressesInSubnet: There are not enough free addresses`,
    "its subnet has no free addresses left",
  ],
  [
    `${fleet}Unsupported: Your requested instance type (p5.48xlarge) is not supported`,
    "EC2 does not offer such an instance in that zone",
  ],
  [
    `${fleet}MaxFleetCountExceeded: You've reached your quota for the fleet requests`,
    "the account's quota of fleets is used up",
  ],
  [
    'Attempted to launch a spot instance but failed due to "AuthFailure.ServiceLinkedRoleCreationNotPermitted"',
    "spot instances need a role that the account does not have: aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
  ],
  [
    "NodeClaim gpu-1 event: creating instance, insufficient capacity, all requested instance types were unavailable during launch",
    "every instance type that fits was out of capacity a moment ago",
  ],
  [
    'NodeClaim gpu-1 event: insufficient capacity, resolving nodeclass, EC2NodeClass.karpenter.k8s.aws "gpu" not found',
    "its pool's EC2NodeClass does not exist",
  ],
  ["Failed resolving NodeClass", "its pool's EC2NodeClass does not exist"],
  [
    "NodeClaim gpu-1 event: NodeClassRef not ready, nodeclass status has not been reconciled against the latest spec",
    "its pool's EC2NodeClass is not ready: nodeclass status has not been reconciled against the latest spec",
  ],
  [
    "NodeClaim gpu-1 event: insufficient capacity for g5.xlarge spot us-east-1a",
    "insufficient capacity for g5.xlarge spot us-east-1a",
  ],
])("a failed launch is told plainly: %s", (message, words) => {
  expect(launchWords(message)).toBe(words);
});

test.each([
  [{ type: "Launched", status: "True", reason: "Launched" }, undefined],
  [
    {
      type: "Launched",
      status: "Unknown",
      reason: "AwaitingReconciliation",
      message: "object is awaiting reconciliation",
    },
    undefined,
  ],
  [
    {
      type: "Launched",
      status: "Unknown",
      reason: "SpotSLRCreationFailed",
      message: "User does not have sufficient permission to create the Spot ServiceLinkedRole to launch spot instances",
    },
    "its node cannot be launched: User does not have sufficient permission to create the Spot ServiceLinkedRole to launch spot instances",
  ],
  [
    {
      type: "Initialized",
      status: "Unknown",
      reason: "ResourceNotRegistered",
      message: 'Resource "nvidia.com/gpu" was requested but not registered',
    },
    "its node is up, but offers no nvidia.com/gpu yet: the device plugin is not ready there, or not let in by the node's taints",
  ],
  [
    {
      type: "Initialized",
      status: "Unknown",
      reason: "StartupTaintsExist",
      message: 'StartupTaint "cilium:NoExecute" still exists',
    },
    "its node is up, but keeps the startup taint cilium:NoExecute",
  ],
  [{ type: "Initialized", status: "Unknown", reason: "NodeNotReady", message: "Node status is NotReady" }, undefined],
  [
    { type: "Registered", status: "Unknown", reason: "NodeNotFound", message: "Node not registered with cluster" },
    undefined,
  ],
])("a claim's condition %j is told if it is trouble", (condition, words) => {
  expect(conditionWords(condition as Condition)).toBe(words);
});

test.each([
  [
    "pod didn't trigger scale-up: 1 max node group size reached, 2 node(s) had untolerated taint {dedicated: gpu}",
    "the cluster's autoscaler adds no node for it: of its groups of nodes 1 at its greatest size, 2 with a taint that it does not tolerate (dedicated: gpu)",
  ],
  [
    "pod didn't trigger scale-up (it wouldn't fit if a new node is added): 1 Insufficient nvidia.com/gpu",
    "the cluster's autoscaler adds no node for it: of its groups of nodes 1 without enough free GPUs",
  ],
  ["pod didn't trigger scale-up: ", "the cluster's autoscaler adds no node for it"],
  [
    "Node scale up in zones us-central1-b associated with this pod failed: GCE out of resources. Pod is at risk of not being scheduled.",
    "no node could be added for it: GCE out of resources",
  ],
])("the autoscaler's words are made plain: %s", (message, words) => {
  expect(autoscalerWords(message)).toBe(words);
});

test("a group of GKE's goes by its last name", () => {
  const group = "https://www.googleapis.com/compute/v1/projects/p/zones/us-east4-a/instanceGroups/gke-l4-grp";
  expect(growingGroups(`pod triggered scale-up: [{${group} 1->2 (max: 20)} {eks-a 0->1 (max: 5)}]`)).toEqual([
    "gke-l4-grp",
    "eks-a",
  ]);
});

import type { InstanceType } from "../../catalog/instance-type.ts";
import type { Node, NodeClaim, Taint } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { instanceLabels, labelKeys } from "../../planner/instance-labels.ts";
import { allocatableOf, capacityOf, gpuResource } from "../../planner/resources.ts";
import { kindRef, ownedBy } from "../core/refs.ts";
import { type Instance, providerIdOf } from "../ec2/instance.ts";
import { toResourceList } from "./convert.ts";
import { registeredLabel, terminationFinalizer } from "./node-state.ts";

const notReadyTaint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" as const };

const simulatedParts = "EC2 instance, boot, GPU device plugin, image pull";
/** What of a node is simulated, for who looks at it. */
const simulated = { "aura.dev/simulated": simulatedParts };
const hostname = "kubernetes.io/hostname";

/** The Node as it is once its kubelet has registered and Karpenter has synced it: not ready, GPUs not yet seen. */
export function nodeObject(claim: NodeClaim, instance: Instance, nowMs: number): Node {
  const { labels, annotations } = claim.metadata;
  const { taints = [], startupTaints = [] } = claim.spec;
  const { id, privateDnsName: name, privateIp } = instance;
  return {
    ...kindRef("Node"),
    metadata: {
      name,
      labels: { ...labels, [hostname]: name, [registeredLabel]: "true" },
      annotations: { ...annotations, ...simulated },
      finalizers: [terminationFinalizer],
      ownerReferences: [ownedBy(claim)],
    },
    spec: { providerID: providerIdOf(instance), taints: [...taints, ...startupTaints, notReadyTaint] as Taint[] },
    status: {
      capacity: withoutGpus(claim.status?.capacity),
      allocatable: withoutGpus(claim.status?.allocatable),
      addresses: [
        { type: "InternalIP", address: privateIp },
        { type: "Hostname", address: name },
      ],
      nodeInfo: nodeInfo(id, labels?.["kubernetes.io/arch"]),
      conditions: nodeConditions(false, nowMs),
    },
  };
}

/**
 * The node of the managed node group that Karpenter itself runs on: there from the start, not Karpenter's, and closed to
 * jobs by EKS' taint for add-ons.
 */
export function systemNode(type: InstanceType, zone: string, region: string, nowMs: number): Node {
  const name = "system";
  return {
    ...kindRef("Node"),
    metadata: {
      name,
      annotations: simulated,
      labels: {
        ...instanceLabels(type),
        [labelKeys.zone]: zone,
        [labelKeys.region]: region,
        "eks.amazonaws.com/nodegroup": "system",
        "eks.amazonaws.com/capacityType": "ON_DEMAND",
        [hostname]: name,
      },
    },
    spec: { taints: [{ key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }] },
    status: {
      capacity: toResourceList(capacityOf(type)),
      allocatable: toResourceList(allocatableOf(type)),
      nodeInfo: nodeInfo(name, type.architecture),
      conditions: nodeConditions(true, nowMs),
    },
  };
}

type Row = readonly [type: string, status: "True" | "False", reason: string, message: string];

const healthy: readonly Row[] = [
  ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
  ["Simulated", "True", "AuraRehearsal", `simulated: ${simulatedParts}; pods run on this machine`],
];
const isReady: Row = ["Ready", "True", "KubeletReady", "kubelet is posting ready status"];
const notYet = "container runtime network not ready: cni plugin not initialized";
const isNotReady: Row = ["Ready", "False", "KubeletNotReady", notYet];

/** The kubelet's conditions of a healthy node, and that it is a simulated one. */
export function nodeConditions(ready: boolean, nowMs: number) {
  const at = timestamp(nowMs);
  return [...healthy, ready ? isReady : isNotReady].map(([type, status, reason, message]) => ({
    ...{ type, status, reason, message },
    ...{ lastHeartbeatTime: at, lastTransitionTime: at },
  }));
}

function withoutGpus(list: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(list).filter(([name]) => name !== gpuResource));
}

/** What `kubectl get nodes -o wide` and `describe node` show. The kernel and runtime are said to be the rehearsal's. */
function nodeInfo(id: string, architecture = "amd64") {
  return {
    machineID: id,
    systemUUID: id,
    bootID: id,
    kernelVersion: "rehearsal",
    osImage: "simulated by aura rehearsal",
    containerRuntimeVersion: "rehearsal://aura",
    kubeletVersion: "v1.35.4-aura",
    kubeProxyVersion: "",
    operatingSystem: "linux",
    architecture,
  };
}

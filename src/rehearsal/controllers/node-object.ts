import type { Node, NodeClaim, Taint } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { gpuResource } from "../../planner/resources.ts";
import { type Instance, providerIdOf } from "../ec2/instance.ts";
import { registeredLabel } from "./node-state.ts";
import { nodeClaimKind, nodeKind, terminationFinalizer } from "./refs.ts";

export const notReadyTaint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" as const };

/** The Node as it is once its kubelet has registered and Karpenter has synced it: not ready, GPUs not yet seen. */
export function nodeObject(claim: NodeClaim, instance: Instance, nowMs: number): Node {
  const { name = "", uid = "", labels, annotations } = claim.metadata;
  const taints = [...(claim.spec.taints ?? []), ...(claim.spec.startupTaints ?? []), notReadyTaint] as Taint[];
  return {
    ...nodeKind,
    metadata: {
      name: instance.privateDnsName,
      labels: { ...labels, "kubernetes.io/hostname": instance.privateDnsName, [registeredLabel]: "true" },
      ...(annotations && { annotations }),
      finalizers: [terminationFinalizer],
      ownerReferences: [{ ...nodeClaimKind, name, uid, blockOwnerDeletion: true }],
    },
    spec: { providerID: providerIdOf(instance), taints },
    status: {
      capacity: withoutGpus(claim.status?.capacity),
      allocatable: withoutGpus(claim.status?.allocatable),
      addresses: [
        { type: "InternalIP", address: instance.privateIp },
        { type: "Hostname", address: instance.privateDnsName },
      ],
      nodeInfo: nodeInfo(claim, instance),
      conditions: nodeConditions(false, nowMs),
    },
  };
}

/** The kubelet's conditions; only Ready ever differs in a rehearsal. */
export function nodeConditions(ready: boolean, nowMs: number) {
  const at = { lastHeartbeatTime: timestamp(nowMs), lastTransitionTime: timestamp(nowMs) };
  const condition = (type: string, status: "True" | "False", reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    ...at,
  });
  const notReady = "container runtime network not ready: cni plugin not initialized";
  return [
    condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ready
      ? condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
      : condition("Ready", "False", "KubeletNotReady", notReady),
  ];
}

function withoutGpus(list: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(list).filter(([name]) => name !== gpuResource));
}

/** What `kubectl get nodes -o wide` shows. The kernel and runtime are said to be the rehearsal's. */
function nodeInfo(claim: NodeClaim, { id }: Instance) {
  return {
    machineID: id,
    systemUUID: id,
    bootID: id,
    kernelVersion: "rehearsal",
    osImage: "Amazon Linux 2023 (rehearsed)",
    containerRuntimeVersion: "rehearsal://aura",
    kubeletVersion: "v1.35.0-rehearsal",
    kubeProxyVersion: "",
    operatingSystem: "linux",
    architecture: claim.metadata.labels?.["kubernetes.io/arch"] ?? "amd64",
  };
}

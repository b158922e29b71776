import type { Node, NodeClaim, Taint } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { gpuResource } from "../../planner/resources.ts";
import { type Instance, providerIdOf } from "../ec2/instance.ts";
import { registeredLabel } from "./node-state.ts";
import { nodeClaimKind, nodeKind, terminationFinalizer } from "./refs.ts";

const notReadyTaint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" as const };

const simulatedParts = "EC2 instance, boot, GPU device plugin, image pull";
/** What of a node is simulated, for who looks at it. */
export const simulated = { "aura.dev/simulated": simulatedParts };

/** The Node as it is once its kubelet has registered and Karpenter has synced it: not ready, GPUs not yet seen. */
export function nodeObject(claim: NodeClaim, instance: Instance, nowMs: number): Node {
  const { name = "", uid = "", labels, annotations } = claim.metadata;
  const taints = [...(claim.spec.taints ?? []), ...(claim.spec.startupTaints ?? []), notReadyTaint] as Taint[];
  return {
    ...nodeKind,
    metadata: {
      name: instance.privateDnsName,
      labels: { ...labels, "kubernetes.io/hostname": instance.privateDnsName, [registeredLabel]: "true" },
      annotations: { ...annotations, ...simulated },
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
      nodeInfo: nodeInfo(instance.id, labels?.["kubernetes.io/arch"]),
      conditions: nodeConditions(false, nowMs),
    },
  };
}

/** The kubelet's conditions of a healthy node, and that it is a simulated one. */
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
    condition("Simulated", "True", "AuraRehearsal", `simulated: ${simulatedParts}; pods run on this machine`),
  ];
}

function withoutGpus(list: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(list).filter(([name]) => name !== gpuResource));
}

/** What `kubectl get nodes -o wide` and `describe node` show. The kernel and runtime are said to be the rehearsal's. */
export function nodeInfo(id: string, architecture = "amd64") {
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

import { gpuTaint } from "../../synth/kubernetes/labels.ts";

/**
 * The values of the chart of NVIDIA's device plugin (0.20): one pod on each node with an NVIDIA GPU that Karpenter made.
 * The chart's own affinity waits for labels of Node Feature Discovery, which is not there. As a DaemonSet it runs while
 * the node is not ready yet, and with it the node becomes Initialized.
 */
export function devicePluginValues(): object {
  const hasGpu = [
    { key: "karpenter.k8s.aws/instance-gpu-count", operator: "Exists" },
    { key: "karpenter.k8s.aws/instance-gpu-manufacturer", operator: "In", values: ["nvidia"] },
  ];
  return {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: hasGpu }] },
      },
    },
    tolerations: [{ key: gpuTaint.key, operator: "Exists", effect: gpuTaint.effect }],
  };
}

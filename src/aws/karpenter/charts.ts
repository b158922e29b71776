import { isAbsolute, join } from "node:path";

import type { Environment } from "../../spec/environment.ts";
import type { Chart } from "../helm/chart.ts";
import type { Release } from "../helm/helm.ts";
import { type ControllerOptions, controllerValues } from "./controller-values.ts";
import { devicePluginValues } from "./device-plugin-values.ts";

/** Needs Kubernetes 1.36 at the most, and brings CapacityBuffer (from 1.14.0 on, its templates' labels from 1.14.1). */
export const karpenterVersion = "1.14.1";

/**
 * The makers' charts. Karpenter's are pinned by the digests that `helm pull` of 1.14.1 printed for two independent public
 * repositories, the device plugin's by its maker's own index (gh-pages of NVIDIA/k8s-device-plugin, 2026-08-20). The
 * controller's image is pinned by the chart, by digest; the one that Karpenter's repository names beside 1.14.1 is that
 * of 1.14.0 and must not be taken from there. The device plugin's image is pinned by its tag only.
 */
const makers = {
  karpenterCrd: {
    from: "oci://public.ecr.aws/karpenter/karpenter-crd",
    version: karpenterVersion,
    digest: "sha256:c05c566740802506a34f3500b33e2fa3c9254f60469e84e5e294a3bd8adefb9f",
  },
  karpenter: {
    from: "oci://public.ecr.aws/karpenter/karpenter",
    version: karpenterVersion,
    digest: "sha256:91434e00fb102d6ee0d1bd34a4457a32fe01a8fa833fe1a2a37da4f50272079b",
  },
  devicePlugin: {
    from: "https://nvidia.github.io/k8s-device-plugin/stable/nvidia-device-plugin-0.20.0.tgz",
    version: "0.20.0",
    digest: "sha256:9e5642bcdd3805c6e931f9d3ca542677d1f714d68c14c1364892011e67d9a606",
  },
} as const satisfies Record<keyof Environment["aws"]["charts"], Chart>;

/** The nodes' and the API's own priority level is kept for this namespace. */
export const karpenterNamespace = "kube-system";

/** The names of all releases, in the order to take them away. */
export const releaseNames = ["nvidia-device-plugin", "karpenter", "karpenter-crd"] as const;

/**
 * What is installed, in this order: Karpenter's CRDs as a release of their own, for a chart upgrades no CRDs that it only
 * brings along; Karpenter; and NVIDIA's device plugin where a pool has GPUs. Amazon Linux has the driver but no device
 * plugin (Bottlerocket would have it), and a node without it never becomes Initialized. No DCGM exporter: nothing reads it.
 */
export function karpenterReleases(environment: Environment, options: ControllerOptions): Release[] {
  const namespace = karpenterNamespace;
  const chart = (name: keyof typeof makers) => chartOf(environment, name);
  return [
    { name: "karpenter-crd", namespace, chart: chart("karpenterCrd"), values: {} },
    {
      name: "karpenter",
      namespace,
      chart: chart("karpenter"),
      values: controllerValues(environment, options),
      skipCrds: true,
    },
    ...(environment.pools.some(({ gpu }) => gpu)
      ? [{ name: "nvidia-device-plugin", namespace, chart: chart("devicePlugin"), values: devicePluginValues() }]
      : []),
  ];
}

/** The maker's chart, or the environment's: then its version is what the reference says, or ours. */
function chartOf({ aws, directory }: Environment, name: keyof typeof makers): Chart {
  const own = aws.charts[name];
  if (own === undefined) return makers[name];
  const oci = /^(oci:\/\/.+?)(?::([^:/]+))?$/.exec(own);
  if (oci !== null) return { from: oci[1] ?? own, version: oci[2] ?? makers[name].version, ownLogins: true };
  return { from: /^https?:/.test(own) || isAbsolute(own) ? own : join(directory, own), ownLogins: true };
}

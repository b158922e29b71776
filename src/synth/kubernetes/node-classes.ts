import type { Environment, Pool } from "../../spec/environment.ts";
import type { EC2NodeClass } from "./karpenter.ts";
import { clusterName, nodeRoleName, ownLabels, sortedTags } from "./labels.ts";

/**
 * The Amazon Linux 2023 release that nodes boot (amazon-eks-ami, 2026-11-12). Pinned: with `latest` every new release
 * makes the running nodes drift and be replaced. Karpenter picks the NVIDIA variant of it for GPU instance types.
 */
const amiAlias = "al2023@v20261112";

interface Disk {
  readonly volumeSize: string;
  /** MiB/s; absent = gp3's own 125. */
  readonly throughput?: number;
}

// The default of 20Gi holds no image with CUDA and a model. Images are unpacked as fast as the volume takes them, and
// throughput is paid for by the hour: only GPU nodes, which cost many times more while they wait, get it.
const disks: { readonly cpu: Disk; readonly gpu: Disk } = {
  cpu: { volumeSize: "50Gi" },
  gpu: { volumeSize: "150Gi", throughput: 600 },
};

/** Pulls layers in parallel chunks (SOCI). nodeadm leaves it off below 4 vCPUs or 7 GiB. */
const fastImagePull = `apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  featureGates:
    FastImagePull: true
`;

/** The EC2NodeClass of a pool's nodes: one for all pools with GPUs, one for all without. */
export function nodeClassName(pool: Pick<Pool, "gpu">): "cpu" | "gpu" {
  return pool.gpu ? "gpu" : "cpu";
}

/** The EC2NodeClasses that the environment's pools refer to. */
export function nodeClasses(environment: Environment): EC2NodeClass[] {
  const names = new Set(environment.pools.map(nodeClassName));
  return [...names].sort().map((name) => nodeClass(environment, name));
}

function nodeClass(environment: Environment, name: "cpu" | "gpu"): EC2NodeClass {
  const cluster = clusterName(environment);
  const nodeRole = nodeRoleName(cluster);
  const discovered = [{ tags: { "karpenter.sh/discovery": cluster } }];
  return {
    apiVersion: "karpenter.k8s.aws/v1",
    kind: "EC2NodeClass",
    metadata: { name, labels: ownLabels(environment) },
    spec: {
      // Without a way out Karpenter cannot reach IAM to make a profile of the role: Terraform makes one, of the same name
      ...(environment.network.nat === "none" ? { instanceProfile: nodeRole } : { role: nodeRole }),
      amiSelectorTerms: [{ alias: amiAlias }],
      subnetSelectorTerms: discovered,
      securityGroupSelectorTerms: structuredClone(discovered),
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          rootVolume: true,
          ebs: { volumeType: "gp3", encrypted: true, deleteOnTermination: true, ...disks[name] },
        },
      ],
      // IMDSv2 and one hop: a pod cannot get at its node's credentials
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      ...(name === "gpu" && { userData: fastImagePull }),
      // What a sweep and a bill tell instances, volumes and launch templates by
      tags: {
        "aura.dev/environment": environment.name,
        "aura:environment": environment.name,
        "managed-by": "aura",
        owner: environment.owner,
        ...sortedTags(environment),
      },
    },
  };
}

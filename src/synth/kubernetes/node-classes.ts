import { families, instanceTypes } from "../../catalog/instance-types.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { Environment, Pool } from "../../spec/environment.ts";
import type { EC2NodeClass } from "./karpenter.ts";
import { clusterName, environmentLabel, nodeRoleName, ownLabels, sortedTags } from "./labels.ts";

/**
 * The Amazon Linux 2023 release that nodes boot (amazon-eks-ami, 2026-11-12). Pinned: with `latest` every new release
 * makes the running nodes drift and be replaced. Karpenter picks the NVIDIA variant of it, x86 or arm64, for GPU
 * instance types.
 */
const amiAlias = "al2023@v20261112";

/** What is known only when an environment is deployed. */
export interface DeployFacts {
  readonly run: string;
  /** When the environment may be swept away, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Disk {
  readonly volumeSize: string;
  /** MiB/s; absent = gp3's own 125. */
  readonly throughput?: number;
}

const smallDisk: Disk = { volumeSize: "50Gi" };
/**
 * Where images and models have no NVMe to go to. The default of 20Gi holds no image with CUDA and a model, and images
 * are unpacked as fast as the volume takes them: 600 MiB/s rather than gp3's own 125, paid for by the hour.
 */
const largeDisk: Disk = { volumeSize: "150Gi", throughput: 600 };

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

/**
 * The EC2NodeClasses that the environment's pools refer to. Not done: network interfaces for EFA. p4d, p5, p6 and the
 * largest of g6e and g7e run jobs on one node at a time well, and jobs across nodes over plain TCP.
 */
export function nodeClasses(environment: Environment, facts?: DeployFacts): EC2NodeClass[] {
  const names = new Set(environment.pools.map(nodeClassName));
  return [...names].sort().map((name) => nodeClass(environment, name, facts));
}

function nodeClass(environment: Environment, name: "cpu" | "gpu", facts: DeployFacts | undefined): EC2NodeClass {
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
      // On types that have NVMe, images, SOCI's copies and pods' files go there; on others nothing changes
      ...(name === "gpu" && { instanceStorePolicy: "RAID0" as const }),
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          rootVolume: true,
          ebs: { volumeType: "gp3", encrypted: true, deleteOnTermination: true, ...diskOf(environment, name) },
        },
      ],
      // IMDSv2 and one hop: a pod cannot get at its node's credentials
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      ...(name === "gpu" && { userData: fastImagePull }),
      // What a sweep and a bill tell instances, volumes and launch templates by
      tags: {
        [environmentLabel]: environment.name,
        "aura:environment": environment.name,
        "managed-by": "aura",
        owner: environment.owner,
        ...(facts && { "aura:run": facts.run, "aura:expires-at": timestamp(facts.expiresAt) }),
        ...sortedTags(environment),
      },
    },
  };
}

function diskOf(environment: Environment, name: "cpu" | "gpu"): Disk {
  if (name === "cpu") return smallDisk;
  const used = new Set(environment.pools.filter((pool) => pool.gpu).flatMap((pool) => pool.families));
  return [...used].every(hasNvme) ? smallDisk : largeDisk;
}

/** Whether every size of a family has disks of its own: of the NVIDIA families all but g5g and p3. */
function hasNvme(family: string): boolean {
  return families().includes(family) && instanceTypes().every((type) => type.family !== family || type.nvmeGb > 0);
}

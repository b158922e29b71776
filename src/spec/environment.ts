import type { Architecture, CapacityType, TargetName } from "../kernel/vocabulary.ts";

export type Runtime = "auto" | "process" | "container";

/** Nodes of one sort that may be launched: becomes a Karpenter NodePool. */
export interface Pool {
  readonly name: string;
  /** Instance families to choose from, such as `g5` or `m7i`. */
  readonly families: readonly string[];
  readonly capacityTypes: readonly CapacityType[];
  readonly architectures: readonly Architecture[];
  /** Whether its nodes carry the GPU taint and its instance types GPUs. */
  readonly gpu: boolean;
  /** The most that may run at once; an absent limit does not bind. */
  readonly limits: { readonly cpu?: number; readonly memoryMib?: number; readonly gpus?: number };
  /** How long a node may be empty before it goes (Karpenter's consolidateAfter). */
  readonly holdMs: number;
  /** The greatest age of a node (Karpenter's expireAfter). */
  readonly expireAfterMs: number;
}

/** An injected shortage: no capacity for what matches. `*` matches all. */
export interface Shortage {
  readonly capacityType: CapacityType | "*";
  /** An instance type (`g5.xlarge`), a family (`g5.*`) or `*`. */
  readonly instanceType: string;
  readonly zone: string;
}

export interface RehearsalSettings {
  /** How many times faster than real time simulated delays pass. */
  readonly speed: number;
  /** How a pod's containers run on this machine; `auto` asks the pod's annotations. */
  readonly runtime: Runtime;
  readonly seed: number;
  readonly shortages: readonly Shortage[];
  /** If set, the first pod on a spot node loses its node this long after it started. */
  readonly interruptSpotAfterMs?: number;
}

/** The VPC that the environment gets. */
export interface NetworkSettings {
  /** IPv4 range, from /16 to /22, host bits zero. */
  readonly cidr: string;
  /** How private subnets reach the internet: not at all, through one NAT gateway, or through one in each zone. */
  readonly nat: "none" | "single" | "per-az";
  /** Whether the control plane's interfaces get subnets of their own, without a route out. */
  readonly intraSubnets: boolean;
  /** AWS services reached through interface endpoints, such as `ecr.api`. */
  readonly endpoints: readonly string[];
  readonly flowLogs: boolean;
}

/** The EKS cluster that the environment gets. */
export interface ClusterSettings {
  readonly version: string;
  readonly publicEndpoint: boolean;
  readonly privateEndpoint: boolean;
  /** Ranges that may reach the public endpoint; with none it stays closed until a deploy adds its own address. */
  readonly accessCidrs: readonly string[];
  /** ARNs of roles and users that administer the cluster, beside whoever deploys. */
  readonly adminPrincipals: readonly string[];
  /** Whether secrets are encrypted with a key of the account's own. */
  readonly kms: boolean;
  readonly logRetentionDays: number;
  /** ARN of the policy that bounds every role; absent: none. */
  readonly permissionsBoundary?: string | undefined;
  readonly systemNodes: { readonly instanceTypes: readonly string[]; readonly count: number };
  readonly identity: "irsa" | "pod-identity";
}

/** The workflow that may deploy, told by what its tokens say. */
export interface GithubSettings {
  /** `ORG/REPO` */
  readonly repository: string;
  readonly ownerId: number;
  readonly repositoryId: number;
  /** The GitHub environment the jobs run in. */
  readonly environment: string;
  /** The account's OIDC provider of GitHub Actions. */
  readonly providerArn: string;
  /** Whether the provider is made along with the roles. */
  readonly createProvider: boolean;
}

/** The AWS account that the environment is made in, and with what. */
export interface AwsSettings {
  /** The accounts that may be touched; empty: whichever the credentials are for. */
  readonly accounts: readonly string[];
  /** Of ~/.aws/config. */
  readonly profile?: string | undefined;
  /** Where Terraform's state is kept. */
  readonly state: "s3" | "local";
  /** Of the state and of what jobs bring home; absent: `aura-ACCOUNT-REGION`. */
  readonly bucket?: string | undefined;
  /** Absent: tofu, or terraform where there is no tofu. */
  readonly engine?: "tofu" | "terraform" | undefined;
  /** Charts as `oci://…` or paths; absent ones come from their makers. */
  readonly charts: {
    readonly karpenterCrd?: string | undefined;
    readonly karpenter?: string | undefined;
    readonly devicePlugin?: string | undefined;
  };
}

/** A cluster that somebody already has. */
export interface KubernetesSettings {
  /** Relative to `directory`; absent: as kubectl finds it. */
  readonly kubeconfig?: string | undefined;
  /** Absent: the current one. */
  readonly context?: string | undefined;
  /** An EC2NodeClass there, which makes NodePools of the pools; absent: no pools are made. */
  readonly nodeClass?: string | undefined;
}

/** What `aura.yaml` describes, checked and with every default filled in. */
export interface Environment {
  readonly name: string;
  readonly region: string;
  /** Availability zones by name, such as `us-east-1a`. */
  readonly zones: readonly string[];
  readonly pools: readonly Pool[];
  /** No pool has GPUs, and jobs of `jobFiles` that ask for some are left out. */
  readonly withoutGpus?: true;
  /** The environment destroys itself when it gets this old. */
  readonly ttlMs: number;
  /** What one run may cost; absent = no limit. */
  readonly budgetUsd?: number;
  /** How long `run` waits for all jobs, in the cluster's time. */
  readonly timeoutMs: number;
  /** Job manifests, as paths relative to `directory`. */
  readonly jobFiles: readonly string[];
  readonly network: NetworkSettings;
  readonly cluster: ClusterSettings;
  /** Absent: no role for a workflow is made. */
  readonly github?: GithubSettings;
  /** Who answers for the environment: a tag on everything. */
  readonly owner: string;
  /** Further tags on everything. */
  readonly tags: Readonly<Record<string, string>>;
  /** Where it lives. */
  readonly target: TargetName;
  readonly aws: AwsSettings;
  readonly kubernetes: KubernetesSettings;
  readonly rehearsal: RehearsalSettings;
  /** The absolute folder of `aura.yaml`: relative paths start here. */
  readonly directory: string;
}

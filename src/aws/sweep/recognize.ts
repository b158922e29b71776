import {
  clusterKeys,
  environmentKey,
  expiryKey,
  namingTags,
  ownerPrefix,
  regionKey,
  runKey,
  type SweepScope,
  type Tags,
} from "./scope.ts";

/** What a thing tells about whose it is. */
export interface Traits {
  readonly tags: Tags;
  /** What its name, its path or where it lies says about it, in words: it alone would name the environment. */
  readonly signs?: readonly string[];
  /** The account that it belongs to, where AWS says so. */
  readonly owner?: string | undefined;
}

export interface Verdict {
  /** `ours`: two independent tags or names say so. `unsure`: one, or another contradicts. `foreign`: none. */
  readonly whose: "ours" | "unsure" | "foreign";
  /** The tags and names that speak for it, as people read them. */
  readonly evidence: readonly string[];
  /** Why it is not sure. */
  readonly doubt?: string;
}

/** What is known beside the thing itself. */
export interface Circumstances {
  /** Spares what says of itself that it expires after this, in milliseconds since the epoch. Default: spares nothing. */
  readonly unexpiredAt?: number | undefined;
  /** Whether a cluster of the environment's cluster's name stands that is not known to be the environment's. */
  readonly isClusterStrange?: boolean;
}

/**
 * Whose a thing is. It is the environment's when at least one tag or name names the environment or its cluster, a second
 * one agrees, and nothing names another cluster, environment, region, run or account. Tags can be set by anybody: one of
 * them is never enough. EKS and Karpenter tag what they make by the cluster's name alone, whoever's the cluster is.
 */
export function recognize(scope: SweepScope, traits: Traits, circumstances: Circumstances = {}): Verdict {
  const own = Object.entries(namingTags(scope)).filter(([key, value]) => traits.tags[key] === value);
  const naming = [...own.map(asText), ...(traits.signs ?? [])];
  if (naming.length === 0 || isAnotherAccount(scope, traits)) return { whose: "foreign", evidence: [] };
  const evidence = [...naming, ...makerTags(traits.tags)];
  const doubt =
    contradiction(scope, traits.tags) ??
    lifetime(traits.tags, circumstances.unexpiredAt) ??
    strangeness(scope, traits.tags, circumstances);
  if (doubt !== undefined) return { whose: "unsure", evidence, doubt };
  if (evidence.length < 2) return { whose: "unsure", evidence, doubt: "nothing else says so" };
  return { whose: "ours", evidence };
}

/** Keys by which the software that made a thing marks it; whose it is they do not say. */
const makerKeys = [
  "karpenter.sh/nodepool",
  "karpenter.sh/nodeclaim",
  "karpenter.k8s.aws/ec2nodeclass",
  "node.k8s.amazonaws.com/instance_id",
  "eks:nodegroup-name",
  "elbv2.k8s.aws/resource",
  "ingress.k8s.aws/resource",
  "ingress.k8s.aws/stack",
  "service.k8s.aws/resource",
  "service.k8s.aws/stack",
  "kubernetes.io/service-name",
  "kubernetes.io/created-for/pvc/name",
  "CSIVolumeName",
];
const makerValues: Tags = { "managed-by": "aura", "ebs.csi.aws.com/cluster": "true" };

function makerTags(tags: Tags): string[] {
  return Object.entries(tags)
    .filter(([key, value]) => makerKeys.includes(key) || makerValues[key] === value)
    .map(asText);
}

const asText = ([key, value]: readonly [string, string]) => `${key}=${value}`;

/** What the same software would write for somebody else. */
function contradiction(scope: SweepScope, tags: Tags): string | undefined {
  const others: readonly [keys: readonly string[], own: string | undefined][] = [
    [clusterKeys, scope.cluster],
    [[environmentKey, "aura.dev/environment"], scope.environment],
    [[regionKey], scope.region],
    [[runKey], scope.run],
  ];
  for (const [keys, own] of others) {
    const key = keys.find((one) => own !== undefined && tags[one] !== undefined && tags[one] !== own);
    if (key !== undefined) return `but ${key}=${tags[key]}`;
  }
  const other = Object.keys(tags).find(
    (key) => key.startsWith(ownerPrefix) && key !== `${ownerPrefix}${scope.cluster}` && tags[key] === "owned",
  );
  return other && `but ${other}=owned`;
}

function lifetime(tags: Tags, unexpiredAt: number | undefined): string | undefined {
  if (unexpiredAt === undefined || expiryOf(tags) <= unexpiredAt) return undefined;
  return `but ${expiryKey}=${tags[expiryKey]}`;
}

function strangeness({ cluster, environment }: SweepScope, tags: Tags, { isClusterStrange }: Circumstances) {
  if (isClusterStrange !== true || tags[environmentKey] === environment) return undefined;
  return `but the cluster ${cluster} is not known to be the environment's`;
}

/** When a thing expires, in milliseconds since the epoch: without a tag long ago, with one that is no time never. */
export function expiryOf(tags: Tags): number {
  const text = tags[expiryKey];
  if (text === undefined) return Number.NEGATIVE_INFINITY;
  const at = Date.parse(text);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at;
}

function isAnotherAccount({ account }: SweepScope, { owner }: Traits): boolean {
  return owner !== undefined && owner !== "" && owner !== account;
}

/** Whose remains are looked for: an environment, the cluster it has, and where it lived. */
export interface SweepScope {
  /** Name of the EKS cluster. */
  readonly cluster: string;
  readonly environment: string;
  /** Account id of 12 digits. */
  readonly account: string;
  readonly region: string;
  /** Only what this run made, where a thing says which run made it. Absent: any run's. */
  readonly run?: string;
}

export type Tags = Readonly<Record<string, string>>;

/** The tag by which everything of an environment says that it is. */
export const environmentKey = "aura:environment";
export const runKey = "aura:run";
/** Where the environment lives: what is in IAM is in no region, and an environment of another one may have its name. */
export const regionKey = "aura:region";
/** When a thing may be swept away, in RFC 3339; `never` where nobody said. */
export const expiryKey = "aura:expires-at";

/** Keys of tags whose value is the name of a cluster. */
export const clusterKeys = [
  "eks:eks-cluster-name",
  "eks:cluster-name",
  "aws:eks:cluster-name",
  "cluster.k8s.amazonaws.com/name",
  "elbv2.k8s.aws/cluster",
  "karpenter.sh/discovery",
] as const;

/** Begins the key of a tag whose value is `owned` for what a cluster's own software made. */
export const ownerPrefix = "kubernetes.io/cluster/";

/** A tag that says whose a thing is, by its key; that of a cluster's owner by the beginning of it. */
export type NamingKey = typeof environmentKey | (typeof clusterKeys)[number] | typeof ownerPrefix;

/** The tags by which a thing says that it is the environment's. Default: all of them. */
export function namingTags(
  { cluster, environment }: SweepScope,
  keys: readonly NamingKey[] = [environmentKey, ...clusterKeys, ownerPrefix],
): Tags {
  const tag = (key: NamingKey): [key: string, value: string] => {
    if (key === environmentKey) return [key, environment];
    return key === ownerPrefix ? [`${key}${cluster}`, "owned"] : [key, cluster];
  };
  return Object.fromEntries(keys.map(tag));
}

/** An ARN of something in IAM, which has no region. */
export function iamArn({ region, account }: SweepScope, what: string): string {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:iam::${account}:${what}`;
}

/** A list of tags, in whichever of AWS's two spellings. */
export function tagsOf(
  list:
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | readonly { readonly TagKey?: string | undefined; readonly TagValue?: string | undefined }[]
    | undefined,
): Tags {
  const pairs = (list ?? []).map((tag) =>
    "TagKey" in tag ? [tag.TagKey ?? "", tag.TagValue ?? ""] : "Key" in tag ? [tag.Key ?? "", tag.Value ?? ""] : [],
  );
  return Object.fromEntries(pairs);
}

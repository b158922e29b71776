/** Keeps pods that want no GPU off nodes that have some. */
export const gpuTaint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" } as const;

/** Which environment a node, a pool or a job is of. */
export const environmentLabel = "aura.dev/environment";

/** In a cluster where others work too: keeps their pods off the environment's nodes. */
export function environmentTaint(environment: { readonly name: string }) {
  return { key: environmentLabel, value: environment.name, effect: "NoSchedule" } as const;
}

/** What lets a job on those nodes; a node selector of `environmentLabel` keeps it off all others. */
export function environmentToleration(environment: { readonly name: string }) {
  return { ...environmentTaint(environment), operator: "Equal" } as const;
}

/** The cluster's name on AWS, and the start of all other names there. */
export function clusterName(environment: { readonly name: string }): string {
  return `aura-${environment.name}`;
}

/** The role of the nodes that Karpenter launches in a cluster, and their instance profile where Terraform makes it. */
export function nodeRoleName(cluster: string): string {
  return `KarpenterNodeRole-${cluster}`;
}

/** The further tags in the order of their keys: files come out the same whatever the order in aura.yaml. */
export function sortedTags({ tags }: { readonly tags: Readonly<Record<string, string>> }): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function ownLabels(environment: { readonly name: string }): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "aura", [environmentLabel]: environment.name };
}

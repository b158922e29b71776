/** Names and labels that the manifests and what is made on AWS share. */
export const gpuTaint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" } as const;

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
  return { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": environment.name };
}

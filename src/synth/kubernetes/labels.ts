/** Names and labels that the manifests and what is made on AWS share. */
export const gpuTaint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" } as const;

/** The cluster's name on AWS, and the start of all other names there. */
export function clusterName(environment: { readonly name: string }): string {
  return `aura-${environment.name}`;
}

export function ownLabels(environment: { readonly name: string }): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": environment.name };
}

/** How a list in an object is merged: item by item under these keys, as a set, or (absent) as a whole. */
export interface ListMerge {
  /** The fields that identify an item; none for a set of plain values. */
  readonly keys: readonly string[];
  /** Server-side apply takes it whole although strategic patches merge it. */
  readonly atomicInApply?: true;
}

const byName: ListMerge = { keys: ["name"] };

/**
 * From the markers (`patchMergeKey`, `listMapKey`, `listType`) in k8s.io/api 1.35 core/v1 and batch/v1, for the
 * kinds served. Keys are field names: within these kinds one name means one list. What is not here is atomic,
 * such as tolerations, taints, args and command.
 */
const builtIn: Record<string, ListMerge> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  volumes: byName,
  imagePullSecrets: byName,
  secrets: byName,
  resourceClaims: byName,
  ports: { keys: ["containerPort", "protocol"] },
  volumeMounts: { keys: ["mountPath"] },
  volumeDevices: { keys: ["devicePath"] },
  hostAliases: { keys: ["ip"] },
  podIPs: { keys: ["ip"] },
  hostIPs: { keys: ["ip"] },
  topologySpreadConstraints: { keys: ["topologyKey", "whenUnsatisfiable"] },
  addresses: { keys: ["type"] },
  conditions: { keys: ["type"] },
};

const everywhere: Record<string, ListMerge> = {
  ownerReferences: { keys: ["uid"] },
  finalizers: { keys: [] },
};

/** How the list in this field of this kind is merged; CRDs of Karpenter declare none of their own lists as maps. */
export function listMergeOf(
  kind: { readonly custom: boolean; readonly kind: string },
  field: string,
): ListMerge | undefined {
  const merge = everywhere[field] ?? (kind.custom ? undefined : builtIn[field]);
  return field === "conditions" && kind.kind === "Job" ? { keys: ["type"], atomicInApply: true } : merge;
}

import type { InstanceType } from "../catalog/instance-type.ts";

/** What a pool's EC2NodeClass says about the disks of its nodes. */
export interface NodeStorage {
  /** Default 20 GiB, that of an AL2023 node (Karpenter 1.14, amifamily). */
  readonly rootVolumeBytes?: number | undefined;
  /** `RAID0` has images and pods' files on the NVMe disks of types that have any, rather than on the root volume. */
  readonly instanceStorePolicy?: "RAID0" | undefined;
}

const defaultRootVolumeBytes = 20 * 2 ** 30;
/** Kept for the kubelet, and what must stay free before it evicts pods: 1 GiB and a tenth. */
const [reservedBytes, evictionPercent] = [2 ** 30, 10];

/** The ephemeral storage that a node has, in bytes: what counts against limits (Karpenter 1.14, instancetype/types.go). */
export function storageCapacity({ nvmeGb }: InstanceType, storage: NodeStorage = {}): number {
  const { instanceStorePolicy, rootVolumeBytes = defaultRootVolumeBytes } = storage;
  return instanceStorePolicy === "RAID0" && nvmeGb > 0 ? nvmeGb * 1e9 : rootVolumeBytes;
}

/** What of it pods can request, in bytes. */
export function storageAllocatable(type: InstanceType, storage?: NodeStorage): number {
  const capacity = storageCapacity(type, storage);
  return Math.max(0, capacity - reservedBytes - Math.ceil((capacity / 100) * evictionPercent));
}

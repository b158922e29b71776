/** Nodes of a cluster that are alike. */
export interface NodeGroup {
  /** As the trace calls it; empty for nodes without GPUs. */
  readonly gpuType: string;
  /** Of one node. */
  readonly gpus: number;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly count: number;
}

import type { CapacityType } from "../kernel/vocabulary.ts";

/** What a field is worth when the file does not say. Written as a file would write it. */
export const defaults = {
  region: "us-east-1",
  ttl: "4h",
  timeout: "30m",
  // spot is tried first: the price decides, and on-demand is there when spot is not
  capacityTypes: ["spot", "on-demand"] as readonly CapacityType[],
  // Karpenter's own default
  expireAfter: "720h",
  network: { cidr: "10.64.0.0/16", nat: "single", intraSubnets: false, endpoints: [], flowLogs: false },
  cluster: {
    version: "1.36",
    publicEndpoint: true,
    privateEndpoint: true,
    accessCidrs: [],
    adminPrincipals: [],
    kms: false,
    logRetentionDays: 7,
    systemNodes: { instanceTypes: ["t3.large"], count: 2 },
    identity: "irsa",
  },
  owner: "unknown",
  target: "rehearsal",
  aws: { state: "s3" },
  rehearsal: { speed: 60, runtime: "auto", seed: 1 },
} as const;

/** Pools of an environment that names none; a pool called `cpu` or `gpu` takes its families from here. */
export const defaultFamilies: Readonly<Record<string, readonly string[]>> = {
  cpu: ["m7i", "m7a", "m6i", "m6a", "c7i", "c7a", "c6i", "c6a"],
  gpu: ["g4dn", "g5", "g6"],
};

interface PoolDefaults {
  readonly hold: string;
  readonly limits: { readonly cpu?: number; readonly memory?: string; readonly gpus?: number };
}

/**
 * What depends on whether a pool has GPUs. A GPU node is held longer: it takes minutes and a large image to bring back.
 * Limits are small on purpose: they are what a mistake can cost at most.
 */
export const poolDefaults: { readonly cpu: PoolDefaults; readonly gpu: PoolDefaults } = {
  cpu: { hold: "30s", limits: { cpu: 64, memory: "256Gi" } },
  gpu: { hold: "60s", limits: { gpus: 4 } },
};

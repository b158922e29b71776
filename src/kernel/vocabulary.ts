/** How an EC2 instance is bought, as Karpenter's label writes it. */
export type CapacityType = "spot" | "on-demand";
/** A processor architecture, as Kubernetes' label writes it. */
export type Architecture = "amd64" | "arm64";
/** The four phases of a run. */
export type PhaseName = "deploy" | "run" | "collect" | "destroy";
/** Where an environment lives: the embedded cluster, an AWS account, a cluster that is there already. */
export const targetNames = ["rehearsal", "aws", "kubernetes"] as const;
export type TargetName = (typeof targetNames)[number];

/** How far a deploy may be taken for now. */
export const stopNames = ["account", "state", "terraform", "karpenter", "pools"] as const;
export type StopName = (typeof stopNames)[number];

/** What may be waited for. */
export const awaitedNames = ["jobs", "karpenter"] as const;
export type Awaited = (typeof awaitedNames)[number];

import type { Random } from "../kernel/random.ts";
import type { InstanceType, Source } from "./instance-type.ts";
import { estimated } from "./source.ts";

/** How long a node takes from its NodeClaim to being usable; each time follows the one before. */
export interface LaunchLatency {
  /** NodeClaim created to instance launched: batching, CreateFleet, its answer. */
  readonly launchMs: number;
  /** Launched to kubelet registered: firmware, kernel, nodeadm. */
  readonly registerMs: number;
  /** Registered to initialized: network plugin, Ready and, with GPUs, driver and device plugin. */
  readonly initializeMs: number;
  readonly source: Source;
}

type NodeSort = "general" | "gpu" | "largeGpu" | "metal";

interface NodeLatency {
  readonly launch: number;
  readonly register: number;
  readonly initialize: number;
  /** From TerminateInstances to `terminated`. */
  readonly terminate: number;
  readonly source: Source;
}

/**
 * Seconds. General: the kubelet registers after 19..39 s (amazon-eks-ami threads; 30 s before the kubelet starts since
 * AL2023 v20250403), Ready after 70..100 s in older Karpenter threads, 30 s on Bottlerocket: 60 s in all is between.
 * GPU: nobody published a measured join; 60..180 s to allocatable is planned with, 120 s is its middle. p5 and p6 and
 * bare metal take longer by all accounts and by how much is assumed. Termination is assumed too.
 */
const seconds: Record<NodeSort, NodeLatency> = {
  general: {
    launch: 5,
    register: 38,
    initialize: 17,
    terminate: 35,
    source: estimated(
      "amazon-eks-ami#2210 and Karpenter threads #3102, #6128, #1281, between their extremes",
      "2025-04-03",
    ),
  },
  gpu: {
    launch: 6,
    register: 54,
    initialize: 60,
    terminate: 50,
    source: estimated("middle of the 60..180 s planned until nvidia.com/gpu is allocatable", "2026-11-23"),
  },
  largeGpu: {
    launch: 8,
    register: 130,
    initialize: 100,
    terminate: 90,
    source: estimated("twice a smaller GPU node, for firmware and fabric manager of eight GPUs", "2026-11-23"),
  },
  metal: {
    launch: 6,
    register: 240,
    initialize: 40,
    terminate: 120,
    source: estimated(
      "bare metal passes its whole firmware: minutes where a virtual machine takes seconds",
      "2026-11-23",
    ),
  },
};

/** Spread of a phase around its middle: log-normal with this deviation, cut at the limits. */
const spread = { deviation: 0.15, least: 0.6, most: 1.5 };

/** How long this launch of a node of this type takes. The same random state gives the same times. */
export function launchLatency(type: InstanceType, random: Random): LaunchLatency {
  const { launch, register, initialize, source } = seconds[sortOf(type)];
  return {
    launchMs: spreadMs(launch, random),
    registerMs: spreadMs(register, random),
    initializeMs: spreadMs(initialize, random),
    source,
  };
}

/** How long an instance of this type takes to end after its node was drained. */
export function terminateMs(type: InstanceType, random: Random): number {
  return spreadMs(seconds[sortOf(type)].terminate, random);
}

function sortOf(type: InstanceType): NodeSort {
  if (type.size.startsWith("metal")) return "metal";
  if (type.gpu === undefined) return "general";
  return type.category === "p" && type.generation >= 5 && type.gpu.count > 1 ? "largeGpu" : "gpu";
}

function spreadMs(middleSeconds: number, random: Random): number {
  const factor = Math.exp(random.normal(0, spread.deviation));
  return Math.round(1000 * middleSeconds * Math.min(spread.most, Math.max(spread.least, factor)));
}

import type { SharePod, TypicalPod } from "./gpu-shares.ts";

/**
 * The most common kinds of pods that together make up a part of all of them (FGD's default 0.6, 0.95 in its tests), with
 * their popularity among themselves.
 */
export function typicalPods(pods: readonly SharePod[], part = 0.6): TypicalPod[] {
  const kinds = new Map<string, { readonly pod: SharePod; count: number }>();
  for (const pod of pods) {
    const key = `${pod.cpuMillis} ${pod.memoryMib} ${pod.gpuMillis} ${pod.models.join("|")}`;
    const kind = kinds.get(key) ?? { pod, count: 0 };
    kind.count += 1;
    kinds.set(key, kind);
  }
  const sorted = [...kinds.values()].sort((a, b) => b.count - a.count);
  const chosen: typeof sorted = [];
  let covered = 0;
  for (const kind of sorted) {
    if (covered >= part * pods.length) break;
    chosen.push(kind);
    covered += kind.count;
  }
  return chosen.map(({ pod, count }) => ({ ...pod, popularity: count / covered }));
}

import type { Deployment, ReplicaSet } from "../../cluster/objects.ts";

/** A Deployment and its ReplicaSets: the one of its template, and the others, oldest first. */
export interface Rollout {
  readonly deployment: Deployment;
  readonly fresh: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** The number of pods that a Deployment or ReplicaSet asks for. */
export function wantedOf({ spec }: Deployment | ReplicaSet): number {
  return spec?.replicas ?? 1;
}

export function setsOf({ fresh, old }: Rollout): ReplicaSet[] {
  return fresh === undefined ? [...old] : [...old, fresh];
}

export function sum(sets: readonly ReplicaSet[], amount: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (amount(set) ?? 0), 0);
}

export function isRecreated({ spec }: Deployment): boolean {
  return spec?.strategy?.type === "Recreate";
}

/** How many pods more and fewer than wanted there may be: not both 0, or nothing could move. */
export function bounds(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  if (isRecreated(deployment)) return { surge: 0, unavailable: 0 };
  const wanted = wantedOf(deployment);
  const { maxSurge = "25%", maxUnavailable = "25%" } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = intOrPercent(maxSurge, wanted, Math.ceil);
  const unavailable = intOrPercent(maxUnavailable, wanted, Math.floor);
  return { surge, unavailable: Math.min(wanted, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

/** `5` or `25%` of a total, as Kubernetes' IntOrString fields count; a share is rounded up or down. */
export function intOrPercent(value: string | number, total: number, round: (share: number) => number): number {
  if (typeof value === "string" && value.endsWith("%")) return round((Number(value.slice(0, -1)) * total) / 100);
  return Number(value);
}

const prefix = "deployment.kubernetes.io/";
export const desiredKey = `${prefix}desired-replicas`;
export const maxKey = `${prefix}max-replicas`;
export const revisionKey = `${prefix}revision`;
export const historyKey = `${prefix}revision-history`;

/** What a ReplicaSet remembers of its Deployment's size: proportional scaling counts from it. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const wanted = wantedOf(deployment);
  return { [desiredKey]: String(wanted), [maxKey]: String(wanted + bounds(deployment).surge) };
}

import type { Deployment, ReplicaSet } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { intOrPercent } from "./int-or-percent.ts";
import { nameOf, refOf } from "./refs.ts";

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

/** How many pods more and fewer than wanted there may be: not both 0, or nothing could move. */
export function bounds(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const wanted = wantedOf(deployment);
  const { type = "RollingUpdate", rollingUpdate = {} } = deployment.spec?.strategy ?? {};
  if (type !== "RollingUpdate") return { surge: 0, unavailable: 0 };
  const surge = intOrPercent(rollingUpdate.maxSurge ?? "25%", wanted, Math.ceil);
  const unavailable = intOrPercent(rollingUpdate.maxUnavailable ?? "25%", wanted, Math.floor);
  return { surge, unavailable: Math.min(wanted, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

const prefix = "deployment.kubernetes.io/";
export const desiredKey = `${prefix}desired-replicas`;
export const maxKey = `${prefix}max-replicas`;

/** What a ReplicaSet remembers of its Deployment's size: proportional scaling counts from it. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const wanted = wantedOf(deployment);
  return { [desiredKey]: String(wanted), [maxKey]: String(wanted + bounds(deployment).surge) };
}

/** Writes how many pods a ReplicaSet is to have, if that or its Deployment's size changed. */
export function scaleTo(core: Core, { deployment }: Rollout, set: ReplicaSet, replicas: number): ReplicaSet {
  const patch = { metadata: { annotations: sizeAnnotations(deployment) }, spec: { replicas } };
  return core.patch<ReplicaSet>(refOf(set), patch, { fieldManager: "kube-controller-manager" });
}

/** `Scaled up replica set web-5d7f from 0 to 3` */
export function scaleText(set: ReplicaSet, from: number, to: number): string {
  return `Scaled ${to > from ? "up" : "down"} replica set ${nameOf(set)} from ${from} to ${to}`;
}

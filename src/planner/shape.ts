import { type Requirements, requirementsOf } from "./requirements.ts";
import type { Resources } from "./resources.ts";
import type { PlanPod, Toleration } from "./types.ts";

/** What of a pod decides where it fits. Pods of a Job share one shape, and what was found out about it. */
export interface Shape {
  readonly requests: Resources;
  readonly alternatives: readonly Requirements[];
  readonly tolerations: readonly Toleration[];
}

/** A function that gives equal pods the same shape. Each pod counts as one of the resource `pods`. */
export function shapes(): (pod: PlanPod) => Shape {
  const known = new Map<string, Shape>();
  return ({ requests, alternatives, tolerations }) => {
    const key = JSON.stringify([requests, alternatives, tolerations]);
    let shape = known.get(key);
    if (shape === undefined) {
      shape = { requests: { pods: 1, ...requests }, alternatives: alternatives.map(requirementsOf), tolerations };
      known.set(key, shape);
    }
    return shape;
  };
}

import { isOpenLabel, isTypeLabel } from "./instance-labels.ts";
import { type PoolView, slotMask, typesMatching } from "./pool-view.ts";
import { firstConflict, merge, type Requirements } from "./requirements.ts";
import { add, type Resources } from "./resources.ts";
import type { Shape } from "./shape.ts";
import { untolerated } from "./taints.ts";
import { mostOf } from "./universe.ts";

/** A NodeClaim being planned: it keeps every type that still fits all of its pods. */
export interface Claim {
  readonly view: PoolView;
  requirements: Requirements;
  requests: Resources;
  types: readonly number[];
  mask: number;
  readonly pods: string[];
  /** The most that one of `types` has, by resource: a quick no. */
  most: Record<string, number>;
}

/** A claim without pods: `types` are those the pool may still launch. */
export function emptyClaim(view: PoolView, types: readonly number[], daemonOverhead: Resources): Claim {
  const { requirements, mask } = view;
  return { view, requirements, requests: daemonOverhead, types, mask, pods: [], most: {} };
}

/** Puts a pod on the claim if a type and an available offering are left that fit; says whether it did. */
export function tryAdd(claim: Claim, pod: string, shape: Shape): boolean {
  if (untolerated(claim.view.pool.taints, shape.tolerations) !== undefined) return false;
  const requests = add(claim.requests, shape.requests);
  if (!mayFit(claim, requests)) return false;
  for (const wanted of shape.alternatives) {
    const narrowed = narrow(claim, wanted, requests);
    if (narrowed === undefined) continue;
    Object.assign(claim, narrowed, { requests, most: {} });
    claim.pods.push(pod);
    return true;
  }
  return false;
}

function mayFit(claim: Claim, requests: Resources): boolean {
  for (const name in requests) {
    const most = claim.most[name] ?? mostAllocatable(claim, name);
    claim.most[name] = most;
    if ((requests[name] ?? 0) > most) return false;
  }
  return true;
}

function mostAllocatable({ view, types }: Claim, name: string): number {
  if (name === "ephemeral-storage") return view.ephemeralStorageBytes;
  return mostOf(view.universe.allocatable, name, types);
}

/** The claim's choice after one more pod, or undefined when nothing would be left. */
function narrow(
  { view, requirements, types, mask }: Claim,
  wanted: Requirements,
  requests: Resources,
): Pick<Claim, "requirements" | "types" | "mask"> | undefined {
  if (firstConflict(requirements, wanted, isOpenLabel) !== undefined) return undefined;
  const { universe, available } = view;
  const merged = wanted.size === 0 ? requirements : merge(requirements, wanted);
  const slots = wanted.size === 0 ? mask : slotMask(universe.slots, merged);
  const matching = [...wanted.keys()].some(isTypeLabel) ? typesMatching(universe, merged, types) : types;
  const fitting = matching.filter(
    (type) => ((available[type] ?? 0) & slots) !== 0 && fits(universe.allocatable, type, requests),
  );
  return fitting.length === 0 ? undefined : { requirements: merged, types: fitting, mask: slots };
}

/** Whether a type has what is requested; ephemeral storage is the same for all types and was looked at before. */
function fits(columns: ReadonlyMap<string, Float64Array>, type: number, requests: Resources): boolean {
  for (const name in requests) {
    const amount = requests[name] ?? 0;
    if (name !== "ephemeral-storage" && amount > 0 && amount > (columns.get(name)?.[type] ?? 0)) return false;
  }
  return true;
}

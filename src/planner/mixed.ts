import { Bin } from "./bin.ts";
import { pricesIn, withoutExotic } from "./finish-claim.ts";
import { mix } from "./mix.ts";
import type { MixProblem, MixType } from "./mix-problem.ts";
import { demandOf, type Size } from "./pod-class.ts";
import type { PoolView } from "./pool-view.ts";
import { gpuResource } from "./resources.ts";
import type { Solver } from "./solver.ts";
import type { PlanPod, ProvisionInput } from "./types.ts";
import type { Variant } from "./variant.ts";

/** The share of pods without constraints about others that makes a mix worth trying. */
const leastShare = 0.5;

/** Whether enough of the pods are free to be sorted into nodes by price. */
export function mayMix(pods: ProvisionInput["pods"]): boolean {
  const free = pods.filter(
    ({ spread = [], affinity = [], antiAffinity = [], hostPorts = [] }) =>
      spread.length + affinity.length + antiAffinity.length + hostPorts.length === 0,
  );
  return free.length > 0 && free.length >= pods.length * leastShare;
}

/**
 * Fills nodes that exist, then launches for each family of pods the mix of types that is cheapest over the whole batch.
 * Pods that end together share a node. Returns those that are left: pods with constraints about others come first of
 * all, in Karpenter's way, and what no mix took is for the caller.
 */
export function mixed(solver: Solver, pods: readonly PlanPod[]): PlanPod[] {
  const left: PlanPod[] = [];
  const families = new Map<string, { readonly view: PoolView; readonly pods: PlanPod[] }>();
  const numbers = new Map<Variant["compiled"], number>();
  const numberOf = (compiled: Variant["compiled"]) => {
    if (!numbers.has(compiled)) numbers.set(compiled, numbers.size);
    return numbers.get(compiled) ?? 0;
  };
  for (const pod of pods) {
    const variant = solver.variantOf(pod);
    if (!isFree(variant)) {
      if (solver.place(pod) === undefined) left.push(pod);
      continue;
    }
    if (solver.settle(pod)) continue;
    const view = solver.views.find((one) => takes(solver, one, variant));
    if (view === undefined) {
      left.push(pod);
      continue;
    }
    const key = `${view.pool.name} ${numberOf(variant.compiled)} ${(variant.podClass.requests[gpuResource] ?? 0) > 0}`;
    const family = families.get(key) ?? { view, pods: [] };
    families.set(key, family);
    family.pods.push(pod);
  }
  for (const family of families.values()) left.push(...launchMix(solver, family.view, family.pods));
  return left;
}

/** Without preferences, and not bound to other pods or to ports. */
function isFree(variant: Variant): boolean {
  const { hosts, domains, podClass } = variant;
  return hosts.length + domains.length + podClass.hostPorts.length === 0 && variant.next() === undefined;
}

/** Whether a pool that grows has a type for the pod, limits aside. */
function takes(solver: Solver, view: PoolView, variant: Variant): boolean {
  if (view.pool.replicas !== undefined || view.hasMinValues || !variant.tolerates(view.pool.taints)) return false;
  const demand = demandOf(variant.podClass.size, solver.columns.names.length);
  return choices(solver, view, variant).some(({ capacity }) =>
    demand.every((amount, at) => amount <= (capacity[at] ?? 0)),
  );
}

function launchMix(solver: Solver, view: PoolView, pods: readonly PlanPod[]): PlanPod[] {
  const kinds = kindsOf(solver, pods);
  const [first] = pods;
  if (first === undefined) return [];
  const types = undominated(choices(solver, view, solver.variantOf(first)));
  const problem: MixProblem = {
    counts: kinds.map(([, own]) => own.length),
    demands: kinds.map(([size]) => demandOf(size, solver.columns.names.length)),
    types,
  };
  const left: PlanPod[] = [];
  for (const { counts } of mix(problem)) {
    const own = counts.flatMap((count, kind) => kinds[kind]?.[1].splice(0, count) ?? []);
    if (!solver.open(own, view)) left.push(...own);
  }
  return [...left, ...kinds.flatMap(([, own]) => own)];
}

/** Pods by what they take; in each kind those that end first, first, so that a node's pods end about together. */
function kindsOf(solver: Solver, pods: readonly PlanPod[]): [Size, PlanPod[]][] {
  const kinds = new Map<Size, PlanPod[]>();
  for (const pod of pods) {
    const { size } = solver.variantOf(pod).podClass;
    const kind = kinds.get(size) ?? [];
    kinds.set(size, kind);
    kind.push(pod);
  }
  for (const kind of kinds.values()) kind.sort((a, b) => (a.endsAtMs ?? 0) - (b.endsAtMs ?? 0));
  return [...kinds];
}

const known = new WeakMap<Variant["compiled"], Map<string, readonly MixType[]>>();

/** What of a pool a variant may be bought, with its cheapest price and the room that DaemonSets leave. */
function choices(solver: Solver, view: PoolView, { compiled, podClass }: Variant): readonly MixType[] {
  const byView = known.get(compiled) ?? new Map<string, readonly MixType[]>();
  known.set(compiled, byView);
  const key = `${view.pool.name} ${podClass.requests[gpuResource] ?? 0}`;
  let types = byView.get(key);
  if (types === undefined) {
    const empty = Bin.ofPool(-1, view, solver.overhead, solver.columns);
    const left = compiled.types === undefined ? empty.types : empty.types.and(compiled.types);
    const own = (podClass.requests[gpuResource] ?? 0) > 0 ? left : withoutExotic(left, view);
    types = pricesIn(view, view.mask & compiled.slots)
      .filter(({ type }) => own.has(type))
      .map(({ type, offering }) => ({
        usdPerHour: offering.usdPerHour,
        capacity: Float64Array.from(solver.columns.names, (_, column) => {
          const amount = solver.columns.index(column, view).amounts[type] ?? 0;
          return amount - (empty.taken[column] ?? 0);
        }),
      }));
    byView.set(key, types);
  }
  return types;
}

/** Without types that another one has all of for no more: the list is by price. */
function undominated(types: readonly MixType[]): MixType[] {
  const kept: MixType[] = [];
  for (const type of types) {
    if (!kept.some(({ capacity }) => capacity.every((amount, at) => amount >= (type.capacity[at] ?? 0))))
      kept.push(type);
  }
  return kept;
}

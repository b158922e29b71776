import { Bits } from "./bits.ts";
import type { Columns } from "./columns.ts";
import type { Resources } from "./resources.ts";
import { namespaceOf } from "./selector.ts";
import type { HostPort, Labels, PlanPod, PodAffinityTerm, Requirement, SpreadConstraint, Toleration } from "./types.ts";

/** Amounts that pods of several classes request alike, and the bins that have no room for them any more. */
export interface Size {
  readonly columns: Int32Array;
  readonly amounts: Float64Array;
  readonly full: Bits;
}

/** A size by column, of so many. */
export function demandOf({ columns, amounts }: Size, length: number): Float64Array {
  const demand = new Float64Array(length);
  for (const [at, column] of columns.entries()) demand[column] = amounts[at] ?? 0;
  return demand;
}

/** What is still asked for after some preferences were given up, in the order of `relaxed`. */
export interface Wishes {
  readonly alternatives: readonly (readonly Requirement[])[];
  readonly preferredNodes: readonly (readonly Requirement[])[];
  readonly affinity: readonly PodAffinityTerm[];
  readonly antiAffinity: readonly PodAffinityTerm[];
  readonly spread: readonly SpreadConstraint[];
  /** Whether taints with PreferNoSchedule are put up with. */
  readonly toleratesPreferred: boolean;
}

/** Pods that differ in name and age only. */
export interface PodClass {
  readonly namespace: string;
  readonly labels: Labels;
  readonly requests: Resources;
  readonly size: Size;
  readonly tolerations: readonly Toleration[];
  readonly volumes: readonly Requirement[];
  readonly hostPorts: readonly HostPort[];
  readonly wishes: Wishes;
}

export interface ClassOptions {
  readonly ignorePreferences: boolean;
  /** Whether any pod has a constraint about others: else pods that differ in labels are of one class. */
  readonly hasNeighbours: boolean;
}

/** A function that gives equal pods the same class. Each pod counts as one of the resource `pods`. */
export function podClasses(
  columns: Columns,
  { ignorePreferences, hasNeighbours }: ClassOptions,
): (pod: PlanPod) => PodClass {
  const classes = new Map<string, PodClass>();
  const sizes = new Map<string, Size>();
  const sizeOf = (requests: Resources) => {
    const names = Object.keys(requests).filter((name) => (requests[name] ?? 0) > 0);
    const key = names.map((name) => `${name} ${requests[name]}`).join();
    let size = sizes.get(key);
    if (size === undefined) {
      const amounts = Float64Array.from(names, (name) => requests[name] ?? 0);
      size = { columns: Int32Array.from(names, columns.of), amounts, full: new Bits() };
      sizes.set(key, size);
    }
    return size;
  };
  return (pod) => {
    const key = classKey(pod, hasNeighbours);
    let found = classes.get(key);
    if (found === undefined) {
      const requests = { pods: 1, ...pod.requests };
      found = {
        namespace: namespaceOf(pod.name),
        labels: pod.labels ?? {},
        requests,
        size: sizeOf(requests),
        tolerations: pod.tolerations,
        volumes: pod.volumes ?? [],
        hostPorts: pod.hostPorts ?? [],
        wishes: wishesOf(pod, ignorePreferences),
      };
      classes.set(key, found);
    }
    return found;
  };
}

/** Equal for equal pods. Made for every pod, so without JSON where a pod has nothing unusual. */
function classKey(pod: PlanPod, withLabels: boolean): string {
  const { alternatives, tolerations, name, requests, labels } = pod;
  let key = withLabels ? namespaceOf(name) : "";
  for (const resource in requests) key += `|${resource}=${requests[resource]}`;
  if (withLabels) for (const label in labels) key += `;${label}=${labels[label]}`;
  if (alternatives.length !== 1 || alternatives[0]?.length !== 0) key += `:a${JSON.stringify(alternatives)}`;
  if (tolerations.length > 0) key += `:t${JSON.stringify(tolerations)}`;
  for (const field of unusual) if (pod[field] !== undefined) key += `:${field}${JSON.stringify(pod[field])}`;
  return key;
}

const unusual = ["spread", "affinity", "antiAffinity", "preferredNodes", "hostPorts", "volumes"] as const;

function wishesOf(pod: PlanPod, ignorePreferences: boolean): Wishes {
  const kept = (terms: readonly PodAffinityTerm[] = []) =>
    byWeight(ignorePreferences ? terms.filter(({ weight }) => weight === undefined) : terms);
  const isKept = ({ whenUnsatisfiable }: SpreadConstraint) =>
    !ignorePreferences || whenUnsatisfiable === "DoNotSchedule";
  const preferred = ignorePreferences ? [] : byWeight(pod.preferredNodes ?? []);
  return {
    alternatives: pod.alternatives,
    preferredNodes: preferred.map(({ requirements }) => requirements),
    affinity: kept(pod.affinity),
    antiAffinity: kept(pod.antiAffinity),
    spread: (pod.spread ?? []).filter(isKept),
    toleratesPreferred: ignorePreferences,
  };
}

/** Required terms first, then the heaviest preference. */
function byWeight<T extends { readonly weight?: number | undefined }>(terms: readonly T[]): T[] {
  const rank = ({ weight }: T) => weight ?? Number.POSITIVE_INFINITY;
  return [...terms].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

/**
 * The wishes with one given up, in the order of Karpenter's preferences.go: a required node term where others are left,
 * the heaviest preferred pod affinity, anti-affinity, node affinity, a ScheduleAnyway spread, PreferNoSchedule taints.
 * Undefined when nothing is left to give up.
 */
export function relaxed(wishes: Wishes): Wishes | undefined {
  if (wishes.alternatives.length > 1) return { ...wishes, alternatives: wishes.alternatives.slice(1) };
  for (const field of ["affinity", "antiAffinity"] as const) {
    const heaviest = wishes[field].findIndex(({ weight }) => weight !== undefined);
    if (heaviest >= 0) return { ...wishes, [field]: wishes[field].toSpliced(heaviest, 1) };
  }
  if (wishes.preferredNodes.length > 0) return { ...wishes, preferredNodes: wishes.preferredNodes.slice(1) };
  const anyway = wishes.spread.findIndex(({ whenUnsatisfiable }) => whenUnsatisfiable === "ScheduleAnyway");
  if (anyway >= 0) return { ...wishes, spread: wishes.spread.toSpliced(anyway, 1) };
  return wishes.toleratesPreferred ? undefined : { ...wishes, toleratesPreferred: true };
}

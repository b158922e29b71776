import type { Labels, Requirement } from "./types.ts";

/**
 * The values of one label that satisfy requirements on it. With `complement` all but `values`; `least` and `most` bound
 * numbers, inclusively. `absent`: a node without the label satisfies them too.
 */
export interface ValueSet {
  readonly complement: boolean;
  readonly values: ReadonlySet<string>;
  readonly least: number;
  readonly most: number;
  readonly absent: boolean;
}

/** Requirements by label key. */
export type Requirements = ReadonlyMap<string, ValueSet>;

/** Requirements as one set of values for each key; those on the same key are intersected. */
export function requirementsOf(list: readonly Requirement[]): Requirements {
  const result = new Map<string, ValueSet>();
  for (const requirement of list) {
    const known = result.get(requirement.key);
    const values = valueSetOf(requirement);
    result.set(requirement.key, known === undefined ? values : intersection(known, values));
  }
  return result;
}

/** Labels as requirements: each In its one value. */
export function requirementsOfLabels(labels: Labels): Requirements {
  return requirementsOf(Object.entries(labels).map(([key, value]) => ({ key, operator: "In", values: [value] })));
}

function valueSetOf({ operator, values = [] }: Requirement): ValueSet {
  const bound = Number(values[0]);
  const set = (fields: Partial<ValueSet>): ValueSet => ({
    complement: true,
    values: new Set(),
    least: Number.NEGATIVE_INFINITY,
    most: Number.POSITIVE_INFINITY,
    absent: false,
    ...fields,
  });
  switch (operator) {
    case "In":
      return set({ complement: false, values: new Set(values) });
    case "NotIn":
      return set({ values: new Set(values), absent: true });
    case "Exists":
      return set({});
    case "DoesNotExist":
      return set({ complement: false, absent: true });
    case "Gt":
      return set({ least: bound + 1 });
    case "Gte":
      return set({ least: bound });
    case "Lt":
      return set({ most: bound - 1 });
    case "Lte":
      return set({ most: bound });
  }
}

/** What satisfies both. */
export function intersection(a: ValueSet, b: ValueSet): ValueSet {
  const least = Math.max(a.least, b.least);
  const most = Math.min(a.most, b.most);
  const absent = a.absent && b.absent;
  if (a.complement && b.complement) {
    return { complement: true, values: new Set([...a.values, ...b.values]), least, most, absent };
  }
  const [listed, other] = a.complement ? [b, a] : [a, b];
  const bounds = { complement: true, values: new Set<string>(), least, most, absent };
  const values = [...listed.values].filter((value) => matches(other, value) && matches(bounds, value));
  return { complement: false, values: new Set(values), least, most, absent };
}

/** Whether a label's value, or its absence, satisfies the requirements. */
export function matches(set: ValueSet, value: string | undefined): boolean {
  if (value === undefined) return set.absent;
  if (set.values.has(value) === set.complement) return false;
  if (set.least === Number.NEGATIVE_INFINITY && set.most === Number.POSITIVE_INFINITY) return true;
  const number = value === "" ? Number.NaN : Number(value);
  return number >= set.least && number <= set.most;
}

/** Whether anything satisfies the requirements. */
export function isSatisfiable(set: ValueSet): boolean {
  return set.absent || (set.complement ? set.least <= set.most : set.values.size > 0);
}

/** The first key on which a node's labels fail; undefined when they satisfy all. */
export function firstMismatch(requirements: Requirements, labels: Labels): string | undefined {
  for (const [key, set] of requirements) if (!matches(set, labels[key])) return key;
  return undefined;
}

/**
 * The first key on which `wanted` cannot be had of what `offered` promises: no value in common, or a label that nobody
 * gives. Labels for which `isOpen` holds may be absent from `offered`: the instance type or the offering gives them.
 */
export function firstConflict(
  offered: Requirements,
  wanted: Requirements,
  isOpen: (key: string) => boolean,
): string | undefined {
  for (const [key, set] of wanted) {
    const known = offered.get(key);
    if (known === undefined ? !isOpen(key) && !set.absent : !isSatisfiable(intersection(known, set))) return key;
  }
  return undefined;
}

/** Requirements of both, each key's values intersected. */
export function merge(a: Requirements, b: Requirements): Requirements {
  const result = new Map(a);
  for (const [key, set] of b) {
    const known = result.get(key);
    result.set(key, known === undefined ? set : intersection(known, set));
  }
  return result;
}

/** A set of values as the requirements that Kubernetes writes for it. */
export function toRequirements(key: string, set: ValueSet): Requirement[] {
  const values = [...set.values].sort();
  if (!set.complement)
    return values.length > 0 ? [{ key, operator: "In", values }] : [{ key, operator: "DoesNotExist" }];
  const result: Requirement[] = [];
  if (values.length > 0) result.push({ key, operator: "NotIn", values });
  if (set.least > Number.NEGATIVE_INFINITY) result.push({ key, operator: "Gte", values: [String(set.least)] });
  if (set.most < Number.POSITIVE_INFINITY) result.push({ key, operator: "Lte", values: [String(set.most)] });
  return result.length > 0 ? result : [{ key, operator: "Exists" }];
}

/** A set of values for people: `in a, b`, `not in c`, `at least 4`, `present`. */
export function valuesText(set: ValueSet): string {
  return toRequirements("", set)
    .map(({ operator, values = [] }) => `${operatorTexts[operator]}${values.length > 0 ? ` ${values.join(", ")}` : ""}`)
    .join(" and ");
}

const operatorTexts: Record<Requirement["operator"], string> = {
  In: "in",
  NotIn: "not in",
  Exists: "present",
  DoesNotExist: "absent",
  Gt: "above",
  Lt: "below",
  Gte: "at least",
  Lte: "at most",
};

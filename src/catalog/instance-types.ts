import { carriedFamilies } from "./carried.ts";
import type { InstanceType } from "./instance-type.ts";
import { lazy } from "./table.ts";

/**
 * Every EC2 type that Aura knows: the m, c and r families from generation 5 on, t3, t3a and t4g, and NVIDIA's g and p
 * families. GPU slices (g6f, gr6f) are not carried: Karpenter counts no GPU on them. Parsed at the first call.
 */
export function instanceTypes(): readonly InstanceType[] {
  return types();
}

/** The type of this name, such as `g5.xlarge`; undefined when it is not carried. */
export function instanceType(name: string): InstanceType | undefined {
  return typesByName().get(name);
}

/** Names of all types of these families, in the catalog's order. */
export function typesOfFamilies(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].flatMap((family) => (carriedFamilies().get(family) ?? []).map(({ type }) => type.name));
}

/** Names of the families, such as `m7i`, general ones first. */
export function families(): readonly string[] {
  return familyNames();
}

const types = lazy(() => [...carriedFamilies().values()].flat().map(({ type }) => type));
const typesByName = lazy(() => new Map(types().map((type) => [type.name, type])));
const familyNames = lazy(() => [...carriedFamilies().keys()]);

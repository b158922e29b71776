import type { Source } from "./instance-type.ts";

/** The facts that the catalog stands on. Where an estimate is made, its name says how. */
export const sources = {
  instanceTypes: published("Karpenter AWS provider v1.14 instance type reference", "2026-07-20"),
  p3: estimated("AWS's documented p3 sizes; allocatable computed as Karpenter does", "2026-07-20"),
  onDemand: published("AWS price list for us-east-1, by Karpenter AWS provider v1.14", "2026-07-20"),
  spot: estimated("on-demand price less the saving in AWS's Spot Instance Advisor", "2025-06-28"),
  spotOfFamily: estimated(
    "on-demand price less the family's median saving in AWS's Spot Instance Advisor",
    "2025-06-28",
  ),
  spotOfRegion: estimated(
    "on-demand price less the region's median saving in AWS's Spot Instance Advisor",
    "2025-06-28",
  ),
  regionOfFamily: estimated("us-east-1 price times the region's median factor of other families", "2022-11-22"),
} as const satisfies Record<string, Source>;

/** A fact as somebody published it. */
export function published(name: string, asOf: string): Source {
  return Object.freeze({ name, asOf, estimate: false });
}

/** A figure that was derived or assumed; the name says from what. */
export function estimated(name: string, asOf: string): Source {
  return Object.freeze({ name, asOf, estimate: true });
}

/** For people: `AWS price list, 2026-07-20`, or with `estimate: ` before it. */
export function sourceText(source: Source): string {
  return `${source.estimate ? "estimate: " : ""}${source.name}, ${source.asOf}`;
}

/** A fact with its source as a timeline writes it. */
export function sourced<T extends { readonly source: Source }>(
  fact: T,
): Omit<T, "source"> & { readonly source: string } {
  return { ...fact, source: sourceText(fact.source) };
}

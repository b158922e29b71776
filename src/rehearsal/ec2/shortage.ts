import type { Offering } from "../../catalog/instance-type.ts";
import type { Shortage } from "../../spec/environment.ts";

/** Whether there is no capacity for an offering, by the shortages that the environment injects. */
export function isShort(shortages: readonly Shortage[], { capacityType, instanceType, zone }: Offering): boolean {
  return shortages.some(
    (shortage) =>
      (shortage.capacityType === "*" || shortage.capacityType === capacityType) &&
      matchesType(shortage.instanceType, instanceType.name) &&
      (shortage.zone === "*" || shortage.zone === zone),
  );
}

/** `g5.xlarge`, `g5.*` or `*`. */
function matchesType(pattern: string, name: string): boolean {
  return pattern === "*" || pattern === name || (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -1)));
}

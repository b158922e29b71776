import type { Disruption } from "../disruption-types.ts";

/**
 * What of a command still holds when it is about to be carried out (Karpenter's validation.go): of nodes that go without
 * a replacement those that would still go, else all or nothing. Undefined when nothing does.
 */
export function confirm(proposed: Disruption, now: Disruption | undefined): Disruption | undefined {
  if (now === undefined || now.reason !== proposed.reason) return undefined;
  if (proposed.reason === "Empty" || proposed.reason === "Expired") {
    const nodes = proposed.nodes.filter((name) => now.nodes.includes(name));
    return nodes.length === 0 ? undefined : { ...proposed, nodes };
  }
  const isSame = [...now.nodes].sort().join() === [...proposed.nodes].sort().join();
  return isSame && (now.replacement === undefined) === (proposed.replacement === undefined) ? now : undefined;
}

import type { Rule } from "./variant.ts";

/** Why a topology rule keeps a pod away from everywhere; undefined when it lets it in somewhere. */
export function topologyReason(
  { group, isSelf, allowed }: Rule,
  names: (domains: number) => readonly string[],
): string | undefined {
  const { kind, key, maxSkew } = group.rule;
  if (group.isHost) {
    const isWaiting = kind === "affinity" && group.isVacant() && !isSelf;
    return isWaiting ? `pod affinity: no pod that it selects is on any ${key}` : undefined;
  }
  if (group.open(allowed, isSelf) !== 0) return undefined;
  const own = names(allowed);
  const domains = own.length === 0 ? `${key} has no domain` : `${own.length} of ${key} excluded (${own.join(", ")})`;
  switch (kind) {
    case "spread":
      return `topology spread with maxSkew ${maxSkew}: ${domains}`;
    case "affinity":
      return `pod affinity: ${domains}, none has a pod that it selects`;
    case "anti-affinity":
      return `pod anti-affinity: ${domains}, each has a pod that it selects`;
  }
}

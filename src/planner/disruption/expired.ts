import type { DisruptionMethod } from "../disruption-types.ts";

/** Nodes older than their pool's expireAfter: they go whatever protects them (Karpenter's expiration/controller.go). */
export const expired: DisruptionMethod = {
  reason: "Expired",
  propose({ input: { nodes, nowMs } }) {
    const own = nodes.filter(
      ({ deleting, expiresAtMs }) => !deleting && expiresAtMs !== undefined && expiresAtMs <= nowMs,
    );
    if (own.length === 0) return undefined;
    return { reason: "Expired", nodes: own.map(({ name }) => name), usdPerHour: 0 };
  },
};

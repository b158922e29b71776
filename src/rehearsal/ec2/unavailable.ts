import type { Offering } from "../../catalog/instance-type.ts";
import type { Clock } from "../../kernel/clock.ts";

/** Karpenter's memory of insufficient capacity, by capacity type, instance type and zone. */
export interface UnavailableOfferings {
  has(offering: Offering): boolean;
  add(offering: Offering): void;
  /** When the first of them may be tried again; undefined when there is none. */
  nextAtMs(): number | undefined;
}

/** Karpenter's constant, `UnavailableOfferingsTTL`. */
const rememberedMs = 180_000;

export function unavailableOfferings(clock: Clock): UnavailableOfferings {
  const until = new Map<string, number>();
  const keyOf = ({ capacityType, instanceType, zone }: Offering) => `${capacityType}:${instanceType.name}:${zone}`;
  return {
    has: (offering) => (until.get(keyOf(offering)) ?? 0) > clock.now(),
    add: (offering) => until.set(keyOf(offering), clock.now() + rememberedMs),
    nextAtMs() {
      const waiting = [...until.values()].filter((at) => at > clock.now());
      return waiting.length === 0 ? undefined : Math.min(...waiting);
    },
  };
}

import type { TimelineEntry } from "./entries.ts";
import type { ChargeModel } from "./model-types.ts";
import { firstTimes, grouped, only, roundUsd } from "./order.ts";

/**
 * What costs by the hour beside the nodes, the dearest first. Billed for the time to expect on AWS, from the start of deploy on: an upper
 * bound, because not everything exists from the first second of deploy to the last of destroy.
 */
export function chargeModels(
  ordered: readonly TimelineEntry[],
  expected: (at: number) => number,
  lastAt: number,
): ChargeModel[] {
  const models = [...grouped(only(ordered, "charge"), ({ name }) => name).values()].flatMap((entries) => {
    const [first] = entries;
    const times = firstTimes(entries);
    if (first === undefined || times.started === undefined) return [];
    const span = { from: times.started, to: Math.max(times.started, times.ended ?? lastAt) };
    const seconds = (expected(span.to) - expected(span.from)) / 1000;
    const { name, usdPerHour, source } = first;
    const usd = roundUsd((seconds / 3600) * usdPerHour);
    return { name, usdPerHour, source, span, open: times.ended === undefined, seconds, usd };
  });
  return models.sort((a, b) => b.usd - a.usd);
}

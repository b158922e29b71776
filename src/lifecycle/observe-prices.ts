import type { TimelineEntry } from "../timeline/entries.ts";
import type { Target, TargetRun } from "./target.ts";

/** Tells where prices come from, where that is news. That they are not known stops nothing: nodes then have none. */
export async function observePrices(
  target: Pick<Target, "prices">,
  entries: readonly TimelineEntry[],
  observe: TargetRun["observe"],
): Promise<void> {
  const sources = (await target.prices?.().catch(() => undefined)) ?? [];
  const known = entries.findLast((entry) => entry.type === "prices");
  if (sources.length === 0 || JSON.stringify(sources) === JSON.stringify(known?.sources)) return;
  await observe({ type: "prices", sources });
}

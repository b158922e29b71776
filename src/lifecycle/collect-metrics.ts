import { bounded } from "../cluster/usage/bounded.ts";
import type { Session } from "./session.ts";

const longestMs = 30_000;

/** Brings home what parts of the cluster measured themselves. That they do not answer is no reason to fail or to wait. */
export async function collectMetrics({ options, run, observe }: Session): Promise<void> {
  const { target, clock } = options;
  const ask = target.metrics;
  if (ask === undefined) return;
  const collected = await bounded(clock, longestMs, () => ask(run.reportDir)).catch(() => []);
  for (const metrics of collected) await observe({ type: "metrics", ...metrics });
}

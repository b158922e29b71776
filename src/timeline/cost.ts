import type { ChargeModel, Comparison, CostPoint, NodeModel } from "./model-types.ts";
import { roundUsd } from "./order.ts";

/** AWS reckons a month at 730 hours (365 × 24 / 12). */
const hoursPerMonth = 730;

export interface Money {
  readonly nodes: readonly NodeModel[];
  readonly charges: readonly ChargeModel[];
  /** From the cluster's time to the time to expect on AWS. */
  readonly expected: (at: number) => number;
}

/** The run against the same nodes on demand, and against the largest fleet kept for a month. */
export function compared({ nodes, charges }: Money): Comparison {
  const chargesUsd = charges.reduce((total, { usd }) => total + usd, 0);
  const hourly = peakUsdPerHour(nodes) + charges.reduce((total, { usdPerHour }) => total + usdPerHour, 0);
  return {
    onDemandUsd: roundUsd(nodes.reduce((total, { onDemandUsd }) => total + onDemandUsd, chargesUsd)),
    alwaysOnUsdPerHour: roundUsd(hourly),
    alwaysOnUsdPerMonth: roundUsd(hourly * hoursPerMonth),
  };
}

/** The dearest set of nodes that were there at once, by the hour and on demand. */
function peakUsdPerHour(nodes: readonly NodeModel[]): number {
  const steps = nodes.flatMap(({ at, billed, onDemandUsdPerHour }) => {
    if (billed === undefined) return [];
    const gone = Math.max(billed.from, at.gone ?? billed.to);
    return [
      { at: billed.from, change: onDemandUsdPerHour },
      { at: gone, change: -onDemandUsdPerHour },
    ];
  });
  let rate = 0;
  let peak = 0;
  // at one moment what goes is counted before what comes: a replacement is not one more
  for (const { change } of steps.sort((a, b) => a.at - b.at || a.change - b.change)) {
    rate += change;
    peak = Math.max(peak, rate);
  }
  return peak;
}

interface Rates {
  readonly charges: number;
  readonly nodes: number;
  readonly onDemand: number;
}

/** The corners of the three lines: between two points each rises evenly. */
export function costSeries({ nodes, charges, expected }: Money): CostPoint[] {
  const steps = [
    ...charges.flatMap(({ span, usdPerHour }) =>
      step(expected(span.from), expected(span.to), { charges: usdPerHour, nodes: 0, onDemand: 0 }),
    ),
    ...nodes.flatMap(({ billed, usdPerHour, onDemandUsdPerHour }) => {
      if (billed === undefined) return [];
      const from = expected(billed.from);
      const rates = { charges: 0, nodes: usdPerHour, onDemand: onDemandUsdPerHour };
      return step(from, from + billed.to - billed.from, rates);
    }),
  ];
  return integrate(steps.sort((a, b) => a.at - b.at));
}

function step(from: number, to: number, rates: Rates) {
  const ended = { charges: -rates.charges, nodes: -rates.nodes, onDemand: -rates.onDemand };
  return [
    { at: from, change: rates },
    { at: to, change: ended },
  ];
}

function integrate(steps: readonly { readonly at: number; readonly change: Rates }[]): CostPoint[] {
  const points: CostPoint[] = [];
  let rates: Rates = { charges: 0, nodes: 0, onDemand: 0 };
  let point: CostPoint = { at: steps[0]?.at ?? 0, chargesUsd: 0, nodesUsd: 0, onDemandUsd: 0 };
  for (const { at, change } of steps) {
    const hours = (at - point.at) / 3_600_000;
    if (hours > 0) points.push(point);
    point = {
      at,
      chargesUsd: point.chargesUsd + rates.charges * hours,
      nodesUsd: point.nodesUsd + rates.nodes * hours,
      onDemandUsd: point.onDemandUsd + rates.onDemand * hours,
    };
    rates = {
      charges: rates.charges + change.charges,
      nodes: rates.nodes + change.nodes,
      onDemand: rates.onDemand + change.onDemand,
    };
  }
  return steps.length === 0 ? [] : [...points, point];
}

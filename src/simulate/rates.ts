import { isMeasured } from "../forecast/forecaster.ts";
import type { RateTrace } from "../trace/trace.ts";
import { type ServeTally, tally } from "./rates-tally.ts";
import type { MakeServePolicy, ServePolicy, ServeResult } from "./rates-types.ts";

export interface ServeOptions {
  /** Made anew for each series. */
  readonly policy: MakeServePolicy;
  /** Requests per second that one node serves. Absent: each series is scaled to a mean of `meanNodes`. */
  readonly perNode?: number | undefined;
  /** 20 by default. */
  readonly meanNodes?: number | undefined;
  /** Bins from the decision to the nodes being there, 1 by default: decided after a bin, there for the next one. */
  readonly leadBins?: number | undefined;
  /** For how many bins nodes stay that are not wanted any more; 0 by default. */
  readonly scaleDownBins?: number | undefined;
  /** Nodes are whole, unless false. */
  readonly wholeNodes?: boolean | undefined;
  readonly maxNodes?: number | undefined;
  /** Share of the bins that come first and are not scored, 0.5 by default. */
  readonly warmUp?: number | undefined;
  /**
   * With a launch time below a bin's length: seconds until a bin's shortfall, seen at its start, is served by nodes that
   * are launched on top. That demand is level within a bin is an assumption in the policy's favour; absent: none are.
   */
  readonly reactSeconds?: number | undefined;
  /** 1 by default. */
  readonly usdPerNodeHour?: number | undefined;
}

/** What a pool of serving nodes that follows `policy` pays and misses: each series, and all of them as `pooled`. */
export function serve(trace: RateTrace, options: ServeOptions): ServeResult[] {
  const results: ServeResult[] = [];
  const pooled = tally();
  let name = "";
  for (const { name: series, perSecond } of trace.series) {
    const demand = inNodes(perSecond, options);
    const policy = options.policy({
      startMs: trace.startMs,
      stepSeconds: trace.stepSeconds,
      leadBins: options.leadBins ?? 1,
      demand,
    });
    const own = serveSeries(demand, trace.stepSeconds, policy, options);
    pooled.add(own);
    name = policy.name;
    results.push(own.result(name, series, options.usdPerNodeHour ?? 1));
  }
  if (results.length > 1) results.push(pooled.result(name, "pooled", options.usdPerNodeHour ?? 1));
  return results;
}

/** Demand in nodes; NaN where it was not measured. */
function inNodes(perSecond: Float64Array, { perNode, meanNodes = 20 }: ServeOptions): Float64Array {
  const known = perSecond.filter(isMeasured);
  const mean = known.reduce((sum, rate) => sum + rate, 0) / known.length;
  const serves = perNode ?? mean / meanNodes;
  return perSecond.map((rate) => (isMeasured(rate) && serves > 0 ? rate / serves : isMeasured(rate) ? 0 : Number.NaN));
}

function serveSeries(
  demand: Float64Array,
  stepSeconds: number,
  policy: ServePolicy,
  options: ServeOptions,
): ServeTally {
  const { leadBins = 1, scaleDownBins = 0, warmUp = 0.5, reactSeconds } = options;
  const scored = tally();
  const first = Math.floor(demand.length * warmUp);
  const reacts = reactSeconds === undefined ? 0 : Math.max(0, 1 - reactSeconds / stepSeconds);
  // what was wanted for each bin, from the one before the first on
  const targets = new Float64Array(demand.length + leadBins).fill(Number.NaN);
  const bounds = new Float64Array(demand.length + leadBins).fill(Number.NaN);
  for (let bin = 0; bin < demand.length; bin += 1) {
    const wanted = demand[bin] as number;
    let nodes = 0;
    for (let back = Math.max(0, bin - scaleDownBins); back <= bin; back += 1)
      nodes = Math.max(nodes, targets[back] || 0);
    if (bin >= first && isMeasured(wanted)) {
      scored.bin({ wanted, nodes, reacts, bound: bounds[bin] as number, hours: stepSeconds / 3600 });
    }
    policy.observe(wanted, nodes);
    targets[bin + leadBins] = rounded(policy.nodes(), options);
    bounds[bin + leadBins] = policy.forecaster?.quantile(0.95, leadBins) ?? Number.NaN;
  }
  return scored;
}

function rounded(nodes: number, { wholeNodes = true, maxNodes = Number.POSITIVE_INFINITY }: ServeOptions): number {
  const most = Math.min(maxNodes, Math.max(0, nodes || 0));
  // a hair's breadth of arithmetic is not a node
  return wholeNodes ? Math.ceil(most - 1e-9) : most;
}

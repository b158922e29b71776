import type { PoolCosts } from "../pool.ts";

export interface WarmCosts {
  /** Seconds that a node which nobody takes stays before it goes again (H). */
  readonly holdSeconds: number;
  /** Share of warmed nodes that nobody takes (q), 0 to 1: only those pay for their launch as well. */
  readonly unusedShare: number;
}

/** c_u: what it costs, in seconds of a node's price, that one node is missing: its job waits for a boot. */
export function underageSeconds({ waitingWeight, launchSeconds, loadSeconds }: PoolCosts): number {
  return waitingWeight * (launchSeconds + loadSeconds);
}

/** c_o: what it costs, in seconds of a node's price, that one node is left over. */
export function overageSeconds(
  { launchSeconds, loadSeconds }: PoolCosts,
  { holdSeconds, unusedShare }: WarmCosts,
): number {
  return unusedShare * (launchSeconds + loadSeconds) + holdSeconds;
}

/** c_u / (c_u + c_o): the quantile of demand to be ready for (`policy.md` 2.2). L = 300, H = 600, q = 1: ρ 1 is 0.25, 10 is 0.77. */
export function criticalRatio(costs: PoolCosts, warm: WarmCosts): number {
  const under = underageSeconds(costs);
  const over = overageSeconds(costs, warm);
  return under === 0 ? 0 : under / (under + over);
}

/** The probability that demand reaches so many nodes beyond what runs now. */
export type Reaches = (nodes: number) => number;

/**
 * The newsvendor's n as a rule for each next node, which is the same and easier to explain: the j-th is warmed if demand
 * reaches it with a probability above 1 − the critical ratio. Nodes come in whole gangs, since half of one is of no use.
 */
export function nodesWorthWarming(
  reaches: Reaches,
  ratio: number,
  { gang, most }: { gang: number; most: number },
): number {
  let nodes = 0;
  while (nodes + gang <= most && reaches(nodes + gang) > 1 - ratio) nodes += gang;
  return nodes;
}

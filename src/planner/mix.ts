import { exactMix } from "./exact-mix.ts";
import { bestFill } from "./fill.ts";
import { fractionalMix } from "./fractional-mix.ts";
import { alone, type MixNode, type MixProblem } from "./mix-problem.ts";

/** More kinds than that are mixed without the linear program. */
const mostKinds = 80;

/**
 * Nodes for all pods at about the least price: exactly where the batch is small, else from the linear program over ways
 * to fill a node (Gilmore and Gomory 1961, generated as needed), rounded down, the rest filled greedily by its prices.
 */
export function mix(problem: MixProblem): MixNode[] {
  const exact = exactMix(problem);
  if (exact !== undefined) return exact;
  const values = alone(problem);
  const nodes: MixNode[] = [];
  const left = [...problem.counts];
  let prices: readonly number[] = values;
  if (problem.counts.length <= mostKinds) {
    const fractional = fractionalMix(problem);
    prices = fractional.values;
    for (const { node, times } of fractional.nodes) {
      for (let time = Math.floor(times + 1e-9); time > 0 && take(left, node.counts); time -= 1) nodes.push(node);
    }
  }
  return [...nodes, ...finish({ ...problem, counts: left }, prices)];
}

/** The rest: exactly if few are left, else the node that gives most for its price, again and again. */
function finish(problem: MixProblem, values: readonly number[]): MixNode[] {
  const left = [...problem.counts];
  const nodes: MixNode[] = [];
  while (left.some((count) => count > 0)) {
    const exact = exactMix({ ...problem, counts: left });
    if (exact !== undefined) return [...nodes, ...exact];
    const best = bestFill({ ...problem, counts: left }, values, 0);
    if (best === undefined || !take(left, best.counts)) break;
    nodes.push(best);
  }
  return nodes;
}

/** Takes a node's pods from those that are left, if they are all there. */
function take(left: number[], counts: readonly number[]): boolean {
  if (counts.some((count, kind) => count > (left[kind] ?? 0))) return false;
  for (const [kind, count] of counts.entries()) left[kind] = (left[kind] ?? 0) - count;
  return true;
}

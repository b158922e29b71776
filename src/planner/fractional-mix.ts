import { bestFill } from "./fill.ts";
import { alone, type MixNode, type MixProblem, mostOf } from "./mix-problem.ts";

/** The most columns that are generated. */
const mostPivots = 400;

export interface FractionalMix {
  /** Ways to fill a node, and how many such nodes, not whole. */
  readonly nodes: readonly { readonly node: MixNode; readonly times: number }[];
  /** What one pod of each kind is worth: the dual prices. */
  readonly values: readonly number[];
}

/**
 * The linear program `min Σ price·x` over ways to fill a node, so that every pod has a place: the revised simplex method
 * with an explicit inverse, whose entering column is the most profitable fill of a type at the current dual prices.
 */
export function fractionalMix(problem: MixProblem): FractionalMix {
  const { counts, types } = problem;
  const basis = alone(problem).map((cost, kind) => startOf(problem, kind, cost));
  const inverse = basis.map((node, kind) => unit(basis.length, kind, 1 / (node.counts[kind] ?? 1)));
  const times = counts.map((count, kind) => count / (basis[kind]?.counts[kind] ?? 1));
  const price = ({ type }: MixNode) => types[type]?.usdPerHour ?? 0;
  let values = dual(basis.map(price), inverse);
  for (let pivot = 0; pivot < mostPivots; pivot += 1) {
    // None is worth more than its price: the program is solved
    const entering = bestFill(problem, values, 1 + 1e-6);
    if (entering === undefined) break;
    const direction = inverse.map((row) => row.reduce((sum, one, kind) => sum + one * (entering.counts[kind] ?? 0), 0));
    const leaving = leaver(times, direction);
    if (leaving < 0) break;
    exchange(inverse, times, direction, leaving);
    basis[leaving] = entering;
    values = dual(basis.map(price), inverse);
  }
  return {
    nodes: basis.map((node, row) => ({ node, times: times[row] ?? 0 })),
    values: values.map((one) => Math.max(0, one)),
  };
}

/** The cheapest way to have nodes of one kind only, at its `cost` for each pod. */
function startOf({ types, counts, demands }: MixProblem, kind: number, cost: number): MixNode {
  const demand = demands[kind] ?? new Float64Array();
  const type = types.findIndex(({ usdPerHour, capacity }) => usdPerHour / mostOf(demand, capacity) <= cost);
  const fits = mostOf(demand, types[type]?.capacity ?? demand);
  return { type, counts: unit(counts.length, kind, fits) };
}

function unit(length: number, at: number, value: number): number[] {
  const row = new Array<number>(length).fill(0);
  row[at] = value;
  return row;
}

function dual(prices: readonly number[], inverse: readonly number[][]): number[] {
  return inverse.map((_, kind) => inverse.reduce((sum, row, at) => sum + (prices[at] ?? 0) * (row[kind] ?? 0), 0));
}

function leaver(times: readonly number[], direction: readonly number[]): number {
  let row = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, one] of direction.entries()) {
    if (one <= 1e-9 || (times[at] ?? 0) / one >= least) continue;
    [row, least] = [at, (times[at] ?? 0) / one];
  }
  return row;
}

function exchange(inverse: number[][], times: number[], direction: readonly number[], leaving: number): void {
  const pivot = direction[leaving] ?? 1;
  const own = (inverse[leaving] ?? []).map((one) => one / pivot);
  const step = (times[leaving] ?? 0) / pivot;
  for (const [at, row] of inverse.entries()) {
    const factor = direction[at] ?? 0;
    if (at === leaving || factor === 0) continue;
    for (let kind = 0; kind < row.length; kind += 1) row[kind] = (row[kind] ?? 0) - factor * (own[kind] ?? 0);
    times[at] = Math.max(0, (times[at] ?? 0) - factor * step);
  }
  inverse[leaving] = own;
  times[leaving] = step;
}

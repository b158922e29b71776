import type { MixNode, MixProblem } from "./mix-problem.ts";

/** The most different remainders of a batch that are looked at. */
const mostStates = 1200;

/**
 * The cheapest nodes for a small batch, by dynamic programming over how many pods of each kind are left; undefined when
 * the batch is too large for that. The optimum: one more type to choose from never makes it dearer.
 */
export function exactMix({ counts, demands, types }: MixProblem): MixNode[] | undefined {
  const radix = counts.map((count) => count + 1);
  const states = radix.reduce((product, one) => product * one, 1);
  if (states > mostStates) return undefined;
  const batches = Array.from({ length: states }, (_, state): Batch => {
    const own = digits(state, radix);
    return { counts: own, first: own.findIndex((count) => count > 0), node: cheapestFor(own, demands, types) };
  });
  const cost = new Float64Array(states);
  const choice = new Int32Array(states);
  for (let state = 1; state < states; state += 1) {
    choice[state] = nextNode(state, batches, cost);
    if (choice[state] === 0) return undefined;
  }
  const result: MixNode[] = [];
  for (let state = states - 1; state > 0; state -= choice[state] ?? state) {
    const { node, counts: own } = batches[choice[state] ?? 0] ?? {};
    if (node !== undefined && own !== undefined) result.push({ type: node.type, counts: own });
  }
  return result;
}

/** Some of the pods, and the cheapest node that takes all of them. */
interface Batch {
  readonly counts: readonly number[];
  readonly first: number;
  readonly node: { readonly type: number; readonly usdPerHour: number } | undefined;
}

/** The part of a batch that goes on one node, the rest at its least cost; 0 when no node takes any. Sets the cost. */
function nextNode(state: number, batches: readonly Batch[], cost: Float64Array): number {
  let choice = 0;
  let least = Number.POSITIVE_INFINITY;
  const { counts: own = [], first = 0 } = batches[state] ?? {};
  for (let part = 1; part <= state; part += 1) {
    const { node, counts = [] } = batches[part] ?? {};
    // The node has one of the first pods that are left: any other order comes to the same
    if (node === undefined || (counts[first] ?? 0) === 0 || !isWithin(counts, own)) continue;
    const sum = node.usdPerHour + (cost[state - part] ?? 0);
    if (sum < least) [choice, least] = [part, sum];
  }
  cost[state] = least;
  return choice;
}

function isWithin(counts: readonly number[], own: readonly number[]): boolean {
  for (let kind = 0; kind < counts.length; kind += 1) if ((counts[kind] ?? 0) > (own[kind] ?? 0)) return false;
  return true;
}

function digits(state: number, radix: readonly number[]): number[] {
  let rest = state;
  return radix.map((base) => {
    const digit = rest % base;
    rest = (rest - digit) / base;
    return digit;
  });
}

function cheapestFor(
  counts: readonly number[],
  demands: MixProblem["demands"],
  types: MixProblem["types"],
): Batch["node"] {
  let best: Batch["node"];
  for (const [type, { usdPerHour, capacity }] of types.entries()) {
    if (best !== undefined && usdPerHour >= best.usdPerHour) continue;
    const fits = capacity.every((amount, resource) => {
      const wanted = counts.reduce((sum, count, kind) => sum + count * (demands[kind]?.[resource] ?? 0), 0);
      return wanted <= amount;
    });
    if (fits) best = { type, usdPerHour };
  }
  return best;
}

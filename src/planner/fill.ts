import { type MixNode, type MixProblem, mostOf } from "./mix-problem.ts";

/** The most steps of one search; then the best found so far is taken. */
const mostSteps = 1500;

/** The fill of one of the types that is worth most for its price; undefined when none is worth more than `least` of it. */
export function bestFill(problem: MixProblem, values: readonly number[], least: number): MixNode | undefined {
  let best: MixNode | undefined;
  let most = least;
  for (const [type, { usdPerHour, capacity }] of problem.types.entries()) {
    const { counts, value } = fillOf(problem, capacity, values);
    if (value / usdPerHour <= most) continue;
    [best, most] = [{ type, counts }, value / usdPerHour];
  }
  return best;
}

interface Fill {
  readonly counts: readonly number[];
  readonly value: number;
}

/**
 * The most valuable way to fill one node with pods that are there: depth first, the kinds that give most for the
 * scarcest resource first, as many as fit before fewer. Bounded in steps, so best within them.
 */
function fillOf({ counts, demands }: MixProblem, capacity: Float64Array, values: readonly number[]): Fill {
  const kinds = sorted(counts, demands, capacity, values);
  const chosen = new Array<number>(counts.length).fill(0);
  const room = capacity.slice();
  let best: Fill = { counts: [...chosen], value: 0 };
  let steps = 0;
  const descend = (at: number, value: number): void => {
    steps += 1;
    if (value > best.value + 1e-12) best = { counts: [...chosen], value };
    const kind = kinds[at];
    if (kind === undefined || steps > mostSteps) return;
    const { demand, worth, index, density } = kind;
    if (value + density * tightest(room, capacity) <= best.value) return;
    const fits = Math.min(counts[index] ?? 0, mostOf(demand, room));
    for (let count = fits; count >= 0 && steps <= mostSteps; count -= 1) {
      use(room, demand, count);
      chosen[index] = count;
      descend(at + 1, value + count * worth);
      chosen[index] = 0;
      use(room, demand, -count);
    }
  };
  descend(0, 0);
  return best;
}

interface Kind {
  readonly index: number;
  readonly demand: Float64Array;
  readonly worth: number;
  /** Worth for the whole of a node, were it divisible. */
  readonly density: number;
}

function sorted(
  counts: readonly number[],
  demands: readonly Float64Array[],
  capacity: Float64Array,
  values: readonly number[],
): Kind[] {
  return demands
    .map((demand, index): Kind => {
      const worth = values[index] ?? 0;
      return { index, demand, worth, density: worth / share(demand, capacity) };
    })
    .filter(({ index, demand, worth }) => worth > 0 && (counts[index] ?? 0) > 0 && mostOf(demand, capacity) > 0)
    .sort((a, b) => b.density - a.density || a.index - b.index);
}

/** What a pod takes of a node, over all of its resources. */
function share(demand: Float64Array, capacity: Float64Array): number {
  let sum = 0;
  for (let resource = 0; resource < demand.length; resource += 1) {
    if ((demand[resource] ?? 0) > 0) sum += (demand[resource] ?? 0) / (capacity[resource] ?? 1);
  }
  return sum;
}

/** The room that is left, in the measure of `share`: no fill of the rest can be worth more than its density times this. */
function tightest(room: Float64Array, capacity: Float64Array): number {
  let sum = 0;
  for (let resource = 0; resource < room.length; resource += 1) {
    if ((capacity[resource] ?? 0) > 0) sum += (room[resource] ?? 0) / (capacity[resource] ?? 1);
  }
  return sum;
}

function use(room: Float64Array, demand: Float64Array, count: number): void {
  for (let resource = 0; resource < room.length; resource += 1) {
    room[resource] = (room[resource] ?? 0) - count * (demand[resource] ?? 0);
  }
}

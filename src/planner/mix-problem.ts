/** A node type one can buy any number of. */
export interface MixType {
  readonly usdPerHour: number;
  /** What it leaves for pods, by resource. */
  readonly capacity: Float64Array;
}

/** Pods by kind: how many there are, what each takes; and what can be bought. Every kind fits on some type. */
export interface MixProblem {
  readonly counts: readonly number[];
  readonly demands: readonly Float64Array[];
  readonly types: readonly MixType[];
}

/** One node: its type, and how many pods of each kind are on it. */
export interface MixNode {
  readonly type: number;
  readonly counts: readonly number[];
}

/** What a pod of each kind costs at best when a node has only its kind. */
export function alone({ demands, types }: MixProblem): number[] {
  return demands.map((demand) =>
    types.reduce((least, { usdPerHour, capacity }) => {
      const fits = mostOf(demand, capacity);
      return fits > 0 ? Math.min(least, usdPerHour / fits) : least;
    }, Number.POSITIVE_INFINITY),
  );
}

/** How many pods of one kind fit a capacity. */
export function mostOf(demand: Float64Array, capacity: Float64Array): number {
  let most = Number.MAX_SAFE_INTEGER;
  for (let resource = 0; resource < demand.length; resource += 1) {
    const amount = demand[resource] ?? 0;
    if (amount > 0) most = Math.min(most, Math.floor((capacity[resource] ?? 0) / amount));
  }
  return most;
}

import type { GuardedPolicy } from "../guard/guarded.ts";
import type { Policy, WaitRequest } from "../policy.ts";
import type { IdleNode, PoolCosts, PoolEvent, PoolView } from "../pool.ts";

/**
 * A policy that is told another worth of waiting than its pool says: what it does then follows from its own cost model.
 * `waitingWeight` is asked anew each time. Of a guard, what it would do if it were let is priced as well.
 */
export function priced(policy: Policy, waitingWeight: (pool: PoolView) => number): Policy {
  const views: PricedPool[] = [];
  const viewOf = (pool: PoolView): PoolView => {
    let view = views[pool.id];
    if (view === undefined || view.pool !== pool) {
      view = new PricedPool(pool);
      views[pool.id] = view;
    }
    view.price(waitingWeight(pool));
    return view;
  };
  const { release, warm, wait } = policy;
  const quietUntilSeconds = warm?.quietUntilSeconds?.bind(warm);
  return {
    ...policy,
    ...("learned" in policy && { learned: priced((policy as GuardedPolicy).learned, waitingWeight) }),
    release: {
      ...heard(release, viewOf),
      name: release.name,
      hold: (pool, index) => release.hold(viewOf(pool), index),
    },
    ...(warm !== undefined && {
      warm: {
        ...heard(warm, viewOf),
        name: warm.name,
        reviewSeconds: warm.reviewSeconds,
        warm: (pool: PoolView) => warm.warm(viewOf(pool)),
        ...(quietUntilSeconds !== undefined && {
          quietUntilSeconds: (pool: PoolView) => quietUntilSeconds(viewOf(pool)),
        }),
      },
    }),
    ...(wait !== undefined && {
      wait: {
        ...heard(wait, viewOf),
        name: wait.name,
        wait: (pool: PoolView, request: WaitRequest) => wait.wait(viewOf(pool), request),
      },
    }),
  };
}

type Port = Pick<Policy["release"], "observe" | "save" | "restore">;

function heard(port: Port, viewOf: (pool: PoolView) => PoolView): Port {
  const { observe, save, restore } = port;
  return {
    ...(observe !== undefined && {
      observe: (pool: PoolView, event: PoolEvent) => observe.call(port, viewOf(pool), event),
    }),
    ...(save !== undefined && { save: () => save.call(port) }),
    ...(restore !== undefined && { restore: (state: Parameters<typeof restore>[0]) => restore.call(port, state) }),
  };
}

/** Everything of a pool but its costs, as it is when it is read. */
class PricedPool implements PoolView {
  readonly pool: PoolView;
  costs: PoolCosts;
  /** What `costs` were made from: a pool's change when its launches do. */
  #from: PoolCosts;

  constructor(pool: PoolView) {
    this.pool = pool;
    this.costs = pool.costs;
    this.#from = pool.costs;
  }

  price(waitingWeight: number): void {
    const { costs } = this.pool;
    if (waitingWeight === this.costs.waitingWeight && costs === this.#from) return;
    this.costs = { ...costs, waitingWeight };
    this.#from = costs;
  }

  get id(): number {
    return this.pool.id;
  }
  get tenant(): string {
    return this.pool.tenant;
  }
  get shape(): string {
    return this.pool.shape;
  }
  get gpus(): number {
    return this.pool.gpus;
  }
  get startMs(): number {
    return this.pool.startMs;
  }
  get nowSeconds(): number {
    return this.pool.nowSeconds;
  }
  get busy(): number {
    return this.pool.busy;
  }
  get booting(): number {
    return this.pool.booting;
  }
  get queued(): number {
    return this.pool.queued;
  }
  get idle(): readonly IdleNode[] {
    return this.pool.idle;
  }
}

import { poolKey } from "./by-pool.ts";
import type { PoolCosts, PoolEvent, PoolView } from "./pool.ts";

/** How likely a launch is to be refused for want of capacity, and what one more try then costs in time. */
export interface Refusals {
  /** 0 to 1. */
  readonly share: number;
  readonly retrySeconds: number;
}

/**
 * B, in seconds: how long a node may idle for what a cold start costs, `(1 + ρ)(L + Tw) + F/p` (`policy.md` 1.1). Refusals
 * raise it by `share · retry / L`: a node that is given back may not be had again.
 */
export function breakEvenSeconds(costs: PoolCosts, refusals?: Refusals): number {
  const { usdPerHour, launchSeconds, loadSeconds, waitingWeight, restartUsd } = costs;
  const restart = usdPerHour > 0 ? (restartUsd * 3600) / usdPerHour : 0;
  const seconds = (1 + waitingWeight) * (launchSeconds + loadSeconds) + restart;
  if (refusals === undefined || launchSeconds <= 0) return seconds;
  return seconds * (1 + (refusals.share * refusals.retrySeconds) / launchSeconds);
}

/** C, in dollars. */
export function coldStartUsd(costs: PoolCosts, refusals?: Refusals): number {
  return (breakEvenSeconds(costs, refusals) * costs.usdPerHour) / 3600;
}

interface Measured {
  p50: number;
  p90: number;
  launches: number;
  refused: number;
}

/** A launch moves the quantiles by so much of their own value: a few dozen launches follow a boot that has changed. */
const step = 0.1;
/** Launches after which what was measured counts as much as what was configured. */
const prior = 5;

/**
 * Costs whose launch time was measured in each pool: p50 and p90 by stochastic approximation, blended with the configured
 * time while there are few. What is paid and waited for is their mean, which is nearer the median.
 */
export class MeasuredCosts {
  readonly #pools = new Map<string, Measured>();

  observe(pool: PoolView, event: PoolEvent): void {
    if (event.type !== "launched" && event.type !== "refused") return;
    const measured = this.#of(pool);
    if (event.type === "refused") {
      measured.refused = measured.refused * (1 - step) + step;
      return;
    }
    measured.refused *= 1 - step;
    measured.launches += 1;
    measured.p50 = follow(measured.p50, 0.5, event.seconds);
    measured.p90 = Math.max(measured.p50, follow(measured.p90, 0.9, event.seconds));
  }

  /** `pool.costs` with L as it was measured: `(3 · p50 + p90) / 4`. */
  costs(pool: PoolView): PoolCosts {
    const measured = this.#pools.get(poolKey(pool));
    if (measured === undefined || measured.launches === 0) return pool.costs;
    const { launchSeconds } = pool.costs;
    const seen = (3 * measured.p50 + measured.p90) / 4;
    const weight = measured.launches / (measured.launches + prior);
    return { ...pool.costs, launchSeconds: launchSeconds + weight * (seen - launchSeconds) };
  }

  /** B of a pool, with what was measured and refused. A refused launch is tried again after a launch's time. */
  breakEvenSeconds(pool: PoolView): number {
    const costs = this.costs(pool);
    const share = this.#pools.get(poolKey(pool))?.refused ?? 0;
    return breakEvenSeconds(costs, { share, retrySeconds: costs.launchSeconds });
  }

  /** Four numbers for each pool. */
  save(): Record<string, number[]> {
    return Object.fromEntries(
      [...this.#pools].map(([key, { p50, p90, launches, refused }]) => [key, [p50, p90, launches, refused]]),
    );
  }

  /** Takes what `save` gave; the caller has checked that there are four finite numbers, none negative. */
  restore(saved: Readonly<Record<string, readonly number[]>>): void {
    this.#pools.clear();
    for (const [key, [p50 = 0, p90 = 0, launches = 0, refused = 0]] of Object.entries(saved))
      this.#pools.set(key, { p50, p90, launches, refused });
  }

  #of(pool: PoolView): Measured {
    const key = poolKey(pool);
    const found = this.#pools.get(key);
    if (found !== undefined) return found;
    const { launchSeconds } = pool.costs;
    const measured = { p50: launchSeconds, p90: launchSeconds, launches: 0, refused: 0 };
    this.#pools.set(key, measured);
    return measured;
  }
}

/** One step of stochastic approximation towards the quantile `p`, in proportion, so that seconds and hours learn alike. */
function follow(estimate: number, p: number, seen: number): number {
  if (!(estimate > 0)) return seen;
  return Math.max(1e-3, estimate * (1 + 2 * step * (seen > estimate ? p : p - 1)));
}

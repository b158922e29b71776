import type { InstanceType, Offering } from "../../catalog/instance-type.ts";
import { Failure } from "../../kernel/failure.ts";
import type { PoolCosts } from "../../policy/pool.ts";
import { meanLaunchSeconds } from "./launch-seconds.ts";
import { marketOf, requestedModel } from "./offers.ts";
import { returnsOf } from "./returns.ts";
import { sortJobs } from "./sort-jobs.ts";
import type { PoolSpec, World } from "./world.ts";
import type { WorldOptions } from "./world-options.ts";

/** Fails with USAGE for a region, a GPU or an amount that makes no sense. */
export function worldOf(options: WorldOptions): World {
  checkAmounts(options);
  const { trace, region } = options;
  const market = marketOf(region);
  const sorted = sortJobs({
    options,
    market,
    model: options.gpu === undefined ? undefined : requestedModel(options.gpu),
  });
  const pools = sorted.pools.map(({ tenant, needs, type, isShared, checkpoints }, id): PoolSpec => {
    const offers = market.offers(needs);
    const offer = cheapestOf(offers, type);
    return {
      id,
      tenant,
      shape: isShared ? `shares of ${type.name}` : type.name,
      gpus: needs.gpus,
      weight: Math.max(1, needs.gpus),
      isShared,
      checkpoints,
      offers,
      offer,
      costs: costsOf(options, offer),
    };
  });
  const returns = returnsOf(trace, sorted.order, options.returnSeconds ?? 0);
  return { ...sorted, pools, returns, trace, region, options };
}

function cheapestOf(offers: readonly Offering[], type: InstanceType): Offering {
  const offer = offers.find(({ instanceType, capacityType }) => instanceType === type && capacityType === "on-demand");
  if (offer === undefined) throw new Error(`${type.name} has no on-demand offering`);
  return offer;
}

function costsOf(options: WorldOptions, { instanceType, usdPerHour }: Offering): PoolCosts {
  return {
    usdPerHour,
    launchSeconds: options.launchSeconds ?? meanLaunchSeconds(instanceType, options.imageMib),
    loadSeconds: options.loadSeconds ?? 0,
    waitingWeight: options.waitingWeight ?? 1,
    restartUsd: options.restartUsd ?? 0,
  };
}

function checkAmounts({
  waitingWeight,
  launchSeconds,
  loadSeconds,
  imageMib,
  restartUsd,
  returnSeconds,
  supply,
}: WorldOptions): void {
  const amounts = { waitingWeight, launchSeconds, loadSeconds, imageMib, restartUsd, returnSeconds };
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount !== undefined && !(amount >= 0 && amount < 1e9)) {
      throw new Failure("USAGE", `${name} is ${amount}`, { fix: "give a number from 0 on" });
    }
  }
  const share = supply?.checkpoints?.share ?? 1;
  if (!(share >= 0 && share <= 1)) throw new Failure("USAGE", `share of users with checkpoints is ${share}`);
}

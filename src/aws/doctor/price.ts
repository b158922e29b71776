import { chargesOnTop, environmentChargesOf, hourlyUsd } from "../../catalog/environment-costs.ts";
import { humanUsd } from "../../kernel/text.ts";
import type { CapacityType } from "../../kernel/vocabulary.ts";
import type { Environment, Pool } from "../../spec/environment.ts";
import type { PriceBook } from "../prices/price-book.ts";
import type { Finding } from "./finding.ts";
import { typesOf } from "./pool-types.ts";

export type Prices = Pick<PriceBook, "priceOf">;

/** What an hour of the environment costs when nothing runs in it, and what a node of each pool costs on top. */
export function priceFindings(environment: Environment, prices: Prices): Finding[] {
  return [idleFinding(environment), ...environment.pools.map((pool) => nodeFinding(pool, environment, prices))];
}

function idleFinding(environment: Environment): Finding {
  const charges = environmentChargesOf(environment);
  const value = `${humanUsd(hourlyUsd(charges))}/h`;
  const parts = charges.map(({ name, usdPerHour }) => `${name} ${humanUsd(usdPerHour)}`);
  const says = `${value}: ${parts.join(", ")}; on top ${chargesOnTop(environment).join(", ")}`;
  return { group: "price", check: "idle", status: "ok", says, value };
}

function nodeFinding(pool: Pool, { zones }: Environment, prices: Prices): Finding {
  const at = { group: "price", check: `pool ${pool.name}` };
  const offers = pool.capacityTypes.flatMap((capacityType) => cheapest(pool, capacityType, zones, prices));
  if (offers.length === 0) return { ...at, status: "skipped", says: "no price is known of any of its types" };
  const texts = offers.map(({ text, type, source }) => `${text} (${type}; ${source})`);
  return {
    ...at,
    status: "ok",
    says: `a node from ${texts.join(", ")}`,
    value: offers.map(({ text }) => text).join(", "),
  };
}

function cheapest(pool: Pool, capacityType: CapacityType, zones: readonly string[], prices: Prices) {
  const priced = typesOf(pool).flatMap(({ name: type }) =>
    zones.flatMap((zone) => {
      const price = prices.priceOf({ instanceType: type, capacityType, zone });
      return price === undefined ? [] : [{ type, ...price }];
    }),
  );
  const [best] = priced.toSorted((a, b) => a.usdPerHour - b.usdPerHour);
  return best === undefined ? [] : [{ ...best, text: `${humanUsd(best.usdPerHour)}/h ${capacityType}` }];
}

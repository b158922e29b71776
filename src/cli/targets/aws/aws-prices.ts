import type { AwsClients } from "../../../aws/clients.ts";
import { livePrices } from "../../../aws/prices/live-prices.ts";
import { type PriceBook, priceBook } from "../../../aws/prices/price-book.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { Target } from "../../../lifecycle/target.ts";
import type { Environment } from "../../../spec/environment.ts";

interface AwsPricesOptions {
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly cacheDir: string;
}

/** Prices of nodes: the catalog's until AWS's own are loaded. */
export function awsPrices({ environment, clients, clock, cacheDir }: AwsPricesOptions) {
  const { region, zones, pools, cluster } = environment;
  const families = pools.flatMap((pool) => pool.families);
  let book: PriceBook = priceBook({ region, zones, instanceTypes: [] });
  return {
    nodePrice: (node) => book.priceOf(node),
    async load() {
      const { instanceTypes } = cluster.systemNodes;
      book = await livePrices(clients, { cacheDir, clock, families, instanceTypes, zones });
      return book.sources;
    },
  } satisfies { nodePrice: Target["nodePrice"]; load: NonNullable<Target["prices"]> };
}

import type { EC2Client } from "@aws-sdk/client-ec2";
import type { PricingClient } from "@aws-sdk/client-pricing";

import { typesOfFamilies } from "../../catalog/instance-types.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { askedFacts } from "./asked-facts.ts";
import { type FactKind, factCache } from "./fact-cache.ts";
import { type PriceBook, priceBook, zoneKey } from "./price-book.ts";
import { askPriceList } from "./price-list.ts";
import { askSpotHistory } from "./spot-history.ts";
import { askOfferings } from "./zone-offerings.ts";

export interface LivePricesOptions {
  /** Where answers are kept between commands, with their age. */
  readonly cacheDir: string;
  readonly clock: Clock;
  /** Families of the pools, such as `g5`: all their types in the catalog are asked for. */
  readonly families: readonly string[];
  /** Further types, such as those of the system nodes. */
  readonly instanceTypes?: readonly string[];
  /** By name, such as `us-east-1a`. */
  readonly zones: readonly string[];
  readonly signal?: AbortSignal;
  /** The longest wait for each of the three answers, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
}

/** What of an account is asked for prices. */
export interface PriceClients {
  readonly region: string;
  readonly ec2: Pick<EC2Client, "send">;
  readonly pricing: Pick<PricingClient, "send">;
}

/**
 * The prices of the pools' instance types as AWS says them: its price list, the spot market and what is offered where.
 * Each is asked for when what is kept of it is no longer fresh: three calls for one or two families. Where AWS does not
 * answer, or does not allow it, what is kept serves, however old, and else the catalog; `sources` of the book says which.
 * Fails with USAGE for regions that are billed in another currency.
 */
export async function livePrices(clients: PriceClients, options: LivePricesOptions): Promise<PriceBook> {
  const { region, ec2, pricing } = clients;
  refuseYuan(region);
  const { cacheDir, clock, zones, signal, timeoutMs = 20_000 } = options;
  const instanceTypes = typesOf(options);
  const inZones = instanceTypes.flatMap((type) => zones.map((zone) => zoneKey(type, zone)));
  const asked = (kind: FactKind, action: string, keys: readonly string[], ask: Ask) =>
    askedFacts({ kind, action, keys, ask, clock, signal, timeoutMs, cache: factCache(cacheDir, region, kind) });
  const [onDemand, spot, offerings] = await Promise.all([
    asked("on-demand", "pricing:GetProducts", instanceTypes, (until) =>
      askPriceList(pricing, { region, instanceTypes, signal: until }),
    ),
    asked("spot", "ec2:DescribeSpotPriceHistory", inZones, async (until) =>
      byZone(await askSpotHistory(ec2, { instanceTypes, zones, now: clock.now(), signal: until })),
    ),
    asked("offerings", "ec2:DescribeInstanceTypeOfferings", inZones, async (until) =>
      byZone(
        new Map(
          [...(await askOfferings(ec2, { instanceTypes, zones, signal: until }))].map(([type, found]) => [
            type,
            new Map(found.map((zone) => [zone, 1])),
          ]),
        ),
      ),
    ),
  ]);
  return priceBook({ region, instanceTypes, zones, onDemand, spot, offerings });
}

type Ask = (signal: AbortSignal) => Promise<ReadonlyMap<string, number>>;

/** The price list of China is another one, and in another currency. */
function refuseYuan(region: string): void {
  if (!region.startsWith("cn-")) return;
  throw new Failure("USAGE", `${region} is billed in CNY`, {
    why: "Aura reckons in USD, and China has accounts and a price list of its own",
    fix: "choose another region: in aura.yaml, or with --region",
  });
}

function typesOf({ families, instanceTypes = [] }: LivePricesOptions): readonly string[] {
  return [...new Set([...typesOfFamilies(families), ...instanceTypes])];
}

function byZone(values: ReadonlyMap<string, ReadonlyMap<string, number>>): ReadonlyMap<string, number> {
  return new Map(
    [...values].flatMap(([type, zones]) => [...zones].map(([zone, value]) => [zoneKey(type, zone), value] as const)),
  );
}

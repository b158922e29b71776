import type { Source } from "../../catalog/instance-type.ts";
import { instanceType as catalogType } from "../../catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../catalog/prices.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CapacityType } from "../../kernel/vocabulary.ts";
import type { PriceSource } from "../../timeline/entries.ts";
import { priceSourceText } from "../../timeline/price-sources.ts";
import type { AskedFacts } from "./asked-facts.ts";

export interface PriceBookOptions {
  readonly region: string;
  /** The types that `sources` speaks of; others have prices too. */
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  /** What AWS answered; absent, or of other types: the catalog. */
  readonly onDemand?: AskedFacts;
  readonly spot?: AskedFacts;
  readonly offerings?: AskedFacts;
}

export interface PricedNode {
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  /** By name, such as `us-east-1a`. */
  readonly zone: string;
}

export interface BookPrice {
  readonly usdPerHour: number;
  /** What the same node costs on demand; as `usdPerHour` where nobody knows. */
  readonly onDemandUsdPerHour: number;
  /** Whether it is reckoned rather than published or asked for. */
  readonly estimated: boolean;
  /** With its date: `AWS price list, asked 2026-11-25 04:10 UTC`, or the catalog's own source. */
  readonly source: string;
}

/** What instance types cost in one region, and who says so. */
export interface PriceBook {
  readonly region: string;
  /** Undefined where nobody knows. */
  priceOf(node: PricedNode): BookPrice | undefined;
  /** Which of the zones offer a type; undefined where AWS was not asked. */
  zonesOf(instanceType: string): readonly string[] | undefined;
  /** What the prices come from, each source once. */
  readonly sources: readonly PriceSource[];
  /** The day or time of the oldest of them; undefined where nothing has a price. */
  readonly asOf: string | undefined;
  /** The same for people, one line each: how old each is at `now` where that is too old. */
  describe(now: number): readonly string[];
}

/** How facts of a type in a zone are kept. */
export function zoneKey(instanceType: string, zone: string): string {
  return `${instanceType} ${zone}`;
}

/** Prices as AWS answered, and where it did not, as the catalog has them. Pure. */
export function priceBook(options: PriceBookOptions): PriceBook {
  const { region, zones, offerings } = options;
  const sources = sourcesOf(options);
  return {
    region,
    sources,
    asOf: sources.map(({ asOf }) => asOf).sort()[0],
    describe: (now) => sources.map((source) => priceSourceText(source, now)),
    priceOf({ instanceType, capacityType, zone }) {
      const onDemand = onDemandOf(options, instanceType);
      const price = capacityType === "spot" ? spotOf(options, instanceType, zone) : onDemand;
      if (price === undefined) return undefined;
      const { usdPerHour, estimated, source, asOf } = price;
      const onDemandUsdPerHour = onDemand?.usdPerHour ?? usdPerHour;
      return { usdPerHour, onDemandUsdPerHour, estimated, source: datedText(source, asOf, price.live) };
    },
    zonesOf(instanceType) {
      const facts = zones.map((zone) => ({ zone, fact: offerings?.facts[zoneKey(instanceType, zone)] }));
      if (facts.every(({ fact }) => fact === undefined)) return undefined;
      return facts.flatMap(({ zone, fact }) => (fact?.value ? zone : []));
    },
  };
}

interface FoundPrice {
  readonly usdPerHour: number;
  readonly estimated: boolean;
  readonly source: string;
  readonly asOf: string;
  readonly live: boolean;
}

function onDemandOf({ region, onDemand }: PriceBookOptions, name: string): FoundPrice | undefined {
  const type = catalogType(name);
  return livePrice("AWS price list", onDemand, name) ?? catalogPrice(type && onDemandPrice(region, type));
}

function spotOf({ region, spot }: PriceBookOptions, name: string, zone: string): FoundPrice | undefined {
  const type = catalogType(name);
  return livePrice("spot price history", spot, zoneKey(name, zone)) ?? catalogPrice(type && spotPrice(region, type));
}

function livePrice(source: string, asked: AskedFacts | undefined, key: string): FoundPrice | undefined {
  const fact = asked?.facts[key];
  if (fact === undefined || fact.value === null) return undefined;
  return { usdPerHour: fact.value, estimated: false, source, asOf: timestamp(fact.at), live: true };
}

function catalogPrice(
  price: { readonly usdPerHour: number; readonly source: Source } | undefined,
): FoundPrice | undefined {
  if (price === undefined) return undefined;
  const { name, asOf, estimate } = price.source;
  const source = estimate ? `estimate: ${name}` : name;
  return { usdPerHour: price.usdPerHour, estimated: estimate, source, asOf, live: false };
}

function datedText(source: string, asOf: string, live: boolean): string {
  return live ? `${source}, asked ${asOf.slice(0, 16).replace("T", " ")} UTC` : `${source}, ${asOf}`;
}

/** The oldest answer speaks for its source. */
function sourcesOf(options: PriceBookOptions): PriceSource[] {
  const { instanceTypes, zones, onDemand, spot } = options;
  const found = [
    ...instanceTypes.map((type) => ["on-demand", onDemandOf(options, type), onDemand?.problem] as const),
    ...instanceTypes.flatMap((type) =>
      zones.map((zone) => ["spot", spotOf(options, type, zone), spot?.problem] as const),
    ),
  ];
  const sources = new Map<string, PriceSource>();
  for (const [of, price, note] of found) {
    if (price === undefined) continue;
    const { source, asOf, live } = price;
    const key = `${of} ${source}`;
    const before = sources.get(key);
    if (before !== undefined && before.asOf <= asOf) continue;
    sources.set(key, { of, source, asOf, live, ...(note !== undefined && { note }) });
  }
  return [...sources.values()];
}

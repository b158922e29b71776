import { type Filter, GetProductsCommand, type PricingClient } from "@aws-sdk/client-pricing";

/** Filters take values of 1024 characters at most (Price List Query API, Filter). */
const mostCharacters = 1024;
const pageSize = 100;

export interface PriceListQuery {
  readonly region: string;
  readonly instanceTypes: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * On-demand prices in USD per hour (Linux, shared tenancy), by instance type: one call for about 75 types or 100
 * prices. A type that the list does not have, bare metal among them, is not in the map.
 */
export async function askPriceList(
  client: Pick<PricingClient, "send">,
  { region, instanceTypes, signal }: PriceListQuery,
): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  for (const value of valuesOf(instanceTypes)) {
    const filters = [...fixedFilters, filter("regionCode", region), filter("instanceType", value, "ANY_OF")];
    let next: string | undefined;
    do {
      const page = await client.send(
        new GetProductsCommand({
          ServiceCode: "AmazonEC2",
          Filters: filters,
          MaxResults: pageSize,
          ...(next !== undefined && { NextToken: next }),
        }),
        { abortSignal: signal },
      );
      for (const text of page.PriceList ?? []) {
        const price = parsePriceItem(`${text}`);
        if (price !== undefined) prices.set(price.instanceType, price.usdPerHour);
      }
      next = page.NextToken || undefined;
    } while (next !== undefined);
  }
  return prices;
}

/** Comma-separated lists, each short enough for one filter. */
function valuesOf(instanceTypes: readonly string[]): string[] {
  const values: string[] = [];
  for (const name of instanceTypes) {
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + name.length <= mostCharacters) values.push(`${values.pop()},${name}`);
    else values.push(name);
  }
  return values;
}

function filter(Field: string, Value: string, Type: Filter["Type"] = "TERM_MATCH"): Filter {
  return { Field, Value, Type };
}

/** As Karpenter asks: what a plain instance costs, and neither a reservation nor licences. */
const fixedFilters: readonly Filter[] = [
  filter("operatingSystem", "Linux"),
  filter("tenancy", "Shared"),
  filter("preInstalledSw", "NA"),
  filter("capacitystatus", "Used"),
  filter("marketoption", "OnDemand"),
];

interface PriceItem {
  readonly product?: { readonly attributes?: { readonly instanceType?: string } };
  readonly terms?: { readonly OnDemand?: Readonly<Record<string, Term>> };
}

interface Term {
  readonly priceDimensions?: Readonly<
    Record<string, { readonly unit?: string; readonly pricePerUnit?: { readonly USD?: string } }>
  >;
}

/** What one product of the price list costs; undefined where it names no price in USD per hour above nothing. */
export function parsePriceItem(
  text: string,
): { readonly instanceType: string; readonly usdPerHour: number } | undefined {
  const item = parsed(text);
  const instanceType = item?.product?.attributes?.instanceType;
  const usd = Object.values(item?.terms?.OnDemand ?? {})
    .flatMap(({ priceDimensions = {} }) => Object.values(priceDimensions))
    .filter(({ unit = "Hrs" }) => /^hrs$/i.test(unit))
    .map(({ pricePerUnit }) => Number(pricePerUnit?.USD))
    .find((amount) => amount > 0);
  return instanceType === undefined || usd === undefined ? undefined : { instanceType, usdPerHour: usd };
}

function parsed(text: string): PriceItem | undefined {
  try {
    return JSON.parse(text) as PriceItem;
  } catch {
    return undefined;
  }
}

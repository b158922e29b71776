import {
  type _InstanceType,
  DescribeSpotPriceHistoryCommand,
  type EC2Client,
  type SpotPrice,
} from "@aws-sdk/client-ec2";

export interface SpotHistoryQuery {
  readonly instanceTypes: readonly string[];
  /** By name, such as `us-east-1a`. */
  readonly zones: readonly string[];
  /** In milliseconds since the epoch: prices as they are then. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Spot prices in USD per hour: of an instance type by zone. */
export type SpotPrices = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What Linux costs on the spot market now, by type and zone. What has no market there is not in the map. */
export async function askSpotHistory(
  client: Pick<EC2Client, "send">,
  { instanceTypes, zones, now, signal }: SpotHistoryQuery,
): Promise<SpotPrices> {
  const rows: SpotPrice[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(
      new DescribeSpotPriceHistoryCommand({
        InstanceTypes: [...instanceTypes] as _InstanceType[],
        Filters: [{ Name: "availability-zone", Values: [...zones] }],
        // accounts from before 2013 are told of the second one
        ProductDescriptions: ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"],
        // the price in force at this moment, not ninety days of them
        StartTime: new Date(now),
        ...(next !== undefined && { NextToken: next }),
      }),
      { abortSignal: signal },
    );
    rows.push(...(page.SpotPriceHistory ?? []));
    next = page.NextToken || undefined;
  } while (next !== undefined);
  return latestPrices(rows);
}

/** The newest price of each type and zone. */
export function latestPrices(rows: readonly SpotPrice[]): SpotPrices {
  const prices = new Map<string, Map<string, number>>();
  for (const { InstanceType: type, AvailabilityZone: zone, SpotPrice: text } of rows.toSorted(byTime)) {
    const usdPerHour = Number(text);
    if (type === undefined || zone === undefined || !(usdPerHour > 0)) continue;
    prices.set(type, (prices.get(type) ?? new Map<string, number>()).set(zone, usdPerHour));
  }
  return prices;
}

function byTime(a: SpotPrice, b: SpotPrice): number {
  return (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0);
}

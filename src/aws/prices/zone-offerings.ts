import { DescribeInstanceTypeOfferingsCommand, type EC2Client } from "@aws-sdk/client-ec2";

export interface OfferingsQuery {
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  readonly signal: AbortSignal;
}

/** A filter takes 200 values at most (EC2 API Reference, Using_Filtering). */
const mostValues = 200;

/** In which of the zones each instance type is offered at all; one that is in none of them is not in the map. */
export async function askOfferings(
  client: Pick<EC2Client, "send">,
  { instanceTypes, zones, signal }: OfferingsQuery,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (let from = 0; from < instanceTypes.length; from += mostValues) {
    let next: string | undefined;
    do {
      const page = await client.send(
        new DescribeInstanceTypeOfferingsCommand({
          LocationType: "availability-zone",
          Filters: [
            { Name: "location", Values: [...zones] },
            { Name: "instance-type", Values: instanceTypes.slice(from, from + mostValues) },
          ],
          ...(next !== undefined && { NextToken: next }),
        }),
        { abortSignal: signal },
      );
      for (const { InstanceType: type, Location: zone } of page.InstanceTypeOfferings ?? []) {
        if (type !== undefined && zone !== undefined) found.set(type, [...(found.get(type) ?? []), zone].sort());
      }
      next = page.NextToken || undefined;
    } while (next !== undefined);
  }
  return found;
}

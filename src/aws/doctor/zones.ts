import { type AvailabilityZone, DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";

import type { Account } from "./account.ts";
import type { Finding } from "./finding.ts";

/** Zones, by the id that is the same in every account, where EKS runs no control plane (EKS User Guide, network requirements). */
const withoutEks: ReadonlySet<string | undefined> = new Set(["use1-az3", "usw1-az2", "cac1-az3"]);

/** Whether the zones are there, in use and good for EKS. Their names mean other places in other accounts. */
export async function zoneFindings({ clients, environment }: Account): Promise<Finding[]> {
  const { AvailabilityZones: all = [] } = await clients.ec2.send(new DescribeAvailabilityZonesCommand({}));
  const good = all.filter((zone) => problemOf(zone) === undefined).map(({ ZoneName = "" }) => ZoneName);
  const wrong = environment.zones.flatMap((name) => {
    const problem = problemOf(all.find(({ ZoneName }) => ZoneName === name));
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  const at = { group: "region", check: "zones", value: environment.zones.join(", "), needed: good.join(", ") };
  if (wrong.length === 0)
    return [{ ...at, status: "ok", says: environment.zones.map((name) => withId(name, all)).join(", ") }];
  const fix = `zones: [${good.slice(0, Math.max(2, environment.zones.length)).join(", ")}] in aura.yaml`;
  return [{ ...at, status: "problem", says: wrong.join("; "), fix }];
}

function problemOf(zone: AvailabilityZone | undefined): string | undefined {
  if (zone === undefined) return "is none of this account's zones";
  if (zone.ZoneType !== undefined && zone.ZoneType !== "availability-zone") return `is a ${zone.ZoneType}`;
  if (zone.State !== "available") return `is ${zone.State ?? "not available"}`;
  return withoutEks.has(zone.ZoneId) ? `is ${zone.ZoneId} in this account, where EKS runs no control plane` : undefined;
}

function withId(name: string, all: readonly AvailabilityZone[]): string {
  const id = all.find(({ ZoneName }) => ZoneName === name)?.ZoneId;
  return id === undefined ? name : `${name} (${id})`;
}

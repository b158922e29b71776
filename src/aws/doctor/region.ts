import { DescribeRegionsCommand } from "@aws-sdk/client-ec2";

import type { Account } from "./account.ts";
import type { Finding } from "./finding.ts";

/** Whether the account may use the region. */
export async function regionFindings({ clients, environment: { region } }: Account): Promise<Finding[]> {
  const { Regions = [] } = await clients.ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  const status = Regions.find(({ RegionName }) => RegionName === region)?.OptInStatus;
  const at = { group: "region", check: "region", value: status ?? "unknown" };
  if (status === "opt-in-not-required" || status === "opted-in") return [{ ...at, status: "ok", says: region }];
  if (status === undefined) {
    const fix = "aws ec2 describe-regions --all-regions --query 'Regions[].RegionName'";
    return [{ ...at, status: "problem", says: `the account knows no region ${region}`, fix }];
  }
  return [
    {
      ...at,
      status: "problem",
      says: `${region} is not switched on for the account`,
      needed: "opted-in",
      fix: `aws account enable-region --region-name ${region} (takes minutes)`,
    },
  ];
}

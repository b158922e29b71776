import { count } from "../../kernel/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { AwsClients } from "../clients.ts";
import { describeStateBucket } from "../state/state-bucket.ts";
import type { Finding } from "./finding.ts";

/** Whether there is a place for Terraform's state, and a safe one. */
export async function stateFindings(
  clients: AwsClients,
  { aws, region }: Environment,
  account: string,
): Promise<Finding[]> {
  const at = { group: "state", check: "state bucket" };
  const { name, exists, drift } = await describeStateBucket({ s3: clients.s3, account, region, bucket: aws.bucket });
  if (!exists) return [{ ...at, status: "ok", says: `${name} is not there yet; a deploy makes it`, value: "none" }];
  if (drift.length === 0)
    return [{ ...at, status: "ok", says: `${name}, private, versioned and encrypted`, value: name }];
  return [
    {
      ...at,
      status: "warning",
      says: `${name}: ${drift.join("; ")}`,
      value: `${count(drift.length, "setting")} to mend`,
      fix: "aura up mends these",
    },
  ];
}

import { CreateServiceLinkedRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";

import type { AwsClients } from "../clients.ts";
import { isMissing } from "../errors.ts";
import type { Account } from "./account.ts";
import type { Finding } from "./finding.ts";

const roleName = "AWSServiceRoleForEC2Spot";
const service = "spot.amazonaws.com";

/** Whether the account has the role that EC2 needs to launch on spot, where a pool may. */
export async function spotRoleFindings({ clients, environment }: Account): Promise<Finding[]> {
  if (!environment.pools.some(({ capacityTypes }) => capacityTypes.includes("spot"))) return [];
  const at = { group: "account", check: "spot role", needed: roleName };
  if (await hasSpotRole(clients)) return [{ ...at, status: "ok", says: roleName }];
  return [{ ...at, status: "ok", says: `the account has no ${roleName} yet; a deploy makes it` }];
}

/** Makes the role if the account has none, and says whether it did. */
export async function ensureSpotRole(clients: Pick<AwsClients, "iam">): Promise<boolean> {
  if (await hasSpotRole(clients)) return false;
  try {
    await clients.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }));
    return true;
  } catch (error) {
    // IAM has no name of its own for this: InvalidInput, "… has been taken in this account"
    if (error instanceof Error && /has been taken|already exists/i.test(error.message)) return false;
    throw error;
  }
}

async function hasSpotRole({ iam }: Pick<AwsClients, "iam">): Promise<boolean> {
  try {
    await iam.send(new GetRoleCommand({ RoleName: roleName }));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

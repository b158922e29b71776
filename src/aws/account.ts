import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";

import { Failure } from "../kernel/failure.ts";
import type { AwsClients } from "./clients.ts";

/** Whose credentials these are. */
export interface CallerIdentity {
  /** 12 digits. */
  readonly account: string;
  /** Of the user, or of the role's session. */
  readonly arn: string;
}

/** Asks STS. Fails with AWS_CREDENTIALS or AWS_UNREACHABLE. */
export async function callerIdentity({ sts }: AwsClients): Promise<CallerIdentity> {
  const { Account: account = "", Arn: arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
  return { account, arn };
}

/**
 * Refuses, with AWS_DENIED, credentials of another account than those that may be touched (`aws.accounts`; none named:
 * any) and than the one an environment was deployed in: in a wrong account everything would look destroyed.
 */
export function refuseOtherAccount(
  { account, arn }: CallerIdentity,
  { allowed, deployed }: { readonly allowed: readonly string[]; readonly deployed?: string | undefined },
): void {
  if (deployed !== undefined && deployed !== account) {
    throw new Failure(
      "AWS_DENIED",
      `the environment lives in account ${deployed}, the credentials are for ${account}`,
      {
        where: arn,
        why: "in another account nothing of it would be found, and it would seem to be gone",
        fix: "use the credentials (AWS_PROFILE, or aws.profile in aura.yaml) that deployed it",
      },
    );
  }
  if (allowed.length > 0 && !allowed.includes(account)) {
    throw new Failure("AWS_DENIED", `account ${account} may not be touched`, {
      where: arn,
      why: `aws.accounts in aura.yaml allows ${allowed.join(", ")}`,
      fix: "use the credentials of an account that is allowed, or add this one to aws.accounts",
    });
  }
}

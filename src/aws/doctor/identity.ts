import { humanDuration } from "../../kernel/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { type CallerIdentity, callerIdentity } from "../account.ts";
import type { AwsClients } from "../clients.ts";
import type { Finding } from "./finding.ts";

export interface Identity extends CallerIdentity {
  /** When the credentials end, in milliseconds since the epoch; undefined when they do not, or nobody knows. */
  readonly expiresAt: number | undefined;
}

/** Who the credentials are of. Rejects with AWS_CREDENTIALS when there are none that work. */
export async function identityOf(clients: AwsClients): Promise<Identity> {
  const caller = await callerIdentity(clients);
  const { expiration } = await clients.sts.config.credentials();
  return { ...caller, expiresAt: expiration?.getTime() };
}

/** A deploy and a destroy take about a quarter of an hour each; the work comes on top. */
const enoughMs = 3_600_000;

/** Whether these are credentials to go on with. */
export function identityFindings(identity: Identity, { aws }: Environment, now: number): Finding[] {
  return [accountFinding(identity, aws.accounts), principalFinding(identity), ...expiryFindings(identity, now)];
}

function accountFinding({ account }: Identity, allowed: readonly string[]): Finding {
  const at = { group: "account", check: "account", value: account };
  if (allowed.length === 0) {
    return { ...at, status: "ok", says: `${account}; aws.accounts in aura.yaml would refuse any other` };
  }
  const needed = allowed.join(" or ");
  if (allowed.includes(account)) return { ...at, status: "ok", says: `${account}, which aws.accounts allows`, needed };
  return {
    ...at,
    status: "problem",
    says: `the credentials are for ${account}, and aws.accounts allows ${needed}`,
    needed,
    fix: `export AWS_PROFILE=… of ${needed}, or add "${account}" to aws.accounts in aura.yaml`,
  };
}

function principalFinding({ arn }: Identity): Finding {
  const at = { group: "account", check: "credentials", value: arn };
  if (!arn.endsWith(":root")) return { ...at, status: "ok", says: arn };
  return {
    ...at,
    status: "warning",
    says: `${arn}: the account's root user`,
    why: "root can do everything, and no policy holds it back",
    fix: "use a role or a user: https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
  };
}

function expiryFindings({ expiresAt }: Identity, now: number): Finding[] {
  if (expiresAt === undefined) return [];
  const leftMs = expiresAt - now;
  const left = leftMs > 0 ? `end in ${humanDuration(leftMs)}` : "have ended";
  const at = { group: "account", check: "expiry", value: new Date(expiresAt).toISOString() };
  if (leftMs >= enoughMs) return [{ ...at, status: "ok", says: `the credentials ${left}` }];
  return [
    {
      ...at,
      status: "warning",
      says: `the credentials ${left}`,
      needed: humanDuration(enoughMs),
      why: "a command whose credentials end half way stops there, and goes on when it is run again with new ones",
      fix: "aws sso login, or get new ones as you got these",
    },
  ];
}

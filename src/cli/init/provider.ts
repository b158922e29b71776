import type { Machine } from "./machine.ts";
import type { Prompts } from "./prompts.ts";

export const providerWords = ["make", "use"] as const;

interface ProviderQuestion {
  readonly flag: (typeof providerWords)[number] | undefined;
  readonly account: string;
  readonly region: string;
  readonly machine: Machine;
  readonly prompts: Prompts | undefined;
}

/**
 * Whether the account's OIDC provider of GitHub is made along with the roles: as the option says, unless AWS says that it
 * is there, or somebody. Where nobody knows it is made: that fails when it is there, and does so before anything runs.
 */
export async function createsProvider({ flag, account, region, machine, prompts }: ProviderQuestion): Promise<boolean> {
  if (flag !== undefined) return flag === "make";
  const isThere = await machine.hasProvider(account, region);
  if (isThere !== undefined) return !isThere;
  if (prompts === undefined) return true;
  return !(await prompts.confirm(`Does ${account} trust GitHub's tokens already (an OIDC provider of IAM)?`, false));
}

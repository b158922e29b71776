import { GetOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";

import { callerIdentity } from "../../aws/account.ts";
import { awsClients } from "../../aws/clients.ts";
import { isMissing } from "../../aws/errors.ts";
import { githubProviderArn } from "../../synth/terraform/github-roles.ts";
import type { Context } from "../context.ts";
import { githubIds, type Ids } from "./github-ids.ts";
import { parseRemote, type Remote } from "./remote.ts";

/** What this machine knows by itself. Each is undefined where it knows nothing, or is not answered in seconds. */
export interface Machine {
  /** Of the remote `origin`. */
  remote(): Promise<Remote | undefined>;
  /** The account that the credentials are for. */
  account(region: string): Promise<string | undefined>;
  /** Whether the account has GitHub's OIDC provider. */
  hasProvider(account: string, region: string): Promise<boolean | undefined>;
  ids(repository: string): Promise<Partial<Ids> | undefined>;
}

export function machineOf(context: Context): Machine {
  const clients = (region: string) =>
    awsClients({
      env: context.process.env,
      region,
      maxAttempts: 1,
      patience: { connectMs: 3_000, answerMs: 5_000 },
    });
  const account = (region: string) =>
    callerIdentity(clients(region)).then(
      (identity) => identity.account,
      () => undefined,
    );
  return {
    remote: () => originOf(context),
    account,
    async hasProvider(wanted, region) {
      if ((await account(region)) !== wanted) return undefined;
      const get = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: githubProviderArn(wanted) });
      return clients(region)
        .iam.send(get)
        .then(
          () => true,
          (error: unknown) => (isMissing(error) ? false : undefined),
        );
    },
    ids: (repository) => githubIds(context, repository),
  };
}

async function originOf({ commands, cwd, process }: Context): Promise<Remote | undefined> {
  if ((await commands.find("git", process.env)) === undefined) return undefined;
  const args = ["config", "--get", "remote.origin.url"];
  const { code, stdout } = await commands.run({ command: "git", args, cwd, env: process.env, timeoutMs: 5_000 });
  return code === 0 ? parseRemote(stdout) : undefined;
}

import { callerIdentity, refuseOtherAccount } from "../../../aws/account.ts";
import type { AwsClients } from "../../../aws/clients.ts";
import { Failure } from "../../../kernel/failure.ts";
import { readText, writeAtomic } from "../../../kernel/files.ts";
import { count } from "../../../kernel/text.ts";
import type { Step } from "../../../lifecycle/step.ts";

export interface AccountOptions {
  readonly clients: AwsClients;
  /** Accounts that may be touched; empty: any. */
  readonly allowed: readonly string[];
  /** File that keeps which account the environment is in. */
  readonly record: string;
  /** What stands in the way of a deploy there, a line each. */
  readonly problems: () => Promise<readonly string[]>;
}

/**
 * The account that this command works in, asked for once. Fails with AWS_DENIED where it may not be touched, or is not
 * the one that the environment is in.
 */
export function accountOf({ clients, allowed, record }: Omit<AccountOptions, "problems">): () => Promise<string> {
  let account: Promise<string> | undefined;
  const ask = async () => {
    const identity = await callerIdentity(clients);
    const deployed = (await readText(record))?.trim();
    refuseOtherAccount(identity, { allowed, ...(deployed && { deployed }) });
    return identity.account;
  };
  return () => {
    account ??= ask().catch((error: unknown) => {
      // credentials may be better the next time
      account = undefined;
      throw error;
    });
    return account;
  };
}

/**
 * Keeps which account the environment is in, so that no other one is ever taken for it. Fails with NOT_READY, before
 * anything is made, when a deploy cannot succeed there.
 */
export function accountStep({ record, problems: preflight }: AccountOptions, account: () => Promise<string>): Step {
  return {
    name: "account",
    phase: "deploy",
    title: "AWS account",
    async observe() {
      await account();
      return (await readText(record)) === undefined ? "partial" : "present";
    },
    async ensure() {
      const problems = await preflight();
      if (problems.length > 0) {
        throw new Failure("NOT_READY", `the account is not ready: ${count(problems.length, "problem")}`, {
          problems,
          why: "nothing was made yet: a deploy would fail half way",
          fix: "aura doctor",
        });
      }
      await writeAtomic(record, `${await account()}\n`);
    },
    // the record is needed until everything is gone: it goes with the target's folder
    undo: async () => {},
  };
}

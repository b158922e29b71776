import type { Commands } from "../../kernel/commands.ts";
import type { Environment } from "../../spec/environment.ts";
import type { AwsClients } from "../clients.ts";
import { type Account, accountOf } from "./account.ts";
import { clusterFindings } from "./cluster-name.ts";
import { computeQuotaFindings } from "./compute-quotas.ts";
import { type Check, type Finding, findingsOf, problemLines } from "./finding.ts";
import { type Identity, identityFindings, identityOf } from "./identity.ts";
import { versionFindings } from "./kubernetes-version.ts";
import { networkQuotaChecks } from "./network-quotas.ts";
import { offeringFindings } from "./offerings.ts";
import { type Prices, priceFindings } from "./price.ts";
import { regionFindings } from "./region.ts";
import { spotRoleFindings } from "./spot-role.ts";
import { stateFindings } from "./state.ts";
import { toolChecks } from "./tools.ts";
import { zoneFindings } from "./zones.ts";

export interface DoctorInput {
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly commands: Commands;
  /** For the programs, and where they are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * All that a deploy on AWS depends on, looked at side by side; nothing is changed. `pricesOf` is told whether the account
 * can be asked for prices.
 */
export async function awsFindings(
  input: DoctorInput,
  pricesOf: (canAsk: boolean) => Promise<Prices>,
): Promise<readonly Finding[]> {
  const findings = await blockingFindings(input);
  const canAsk = findings.some(({ check, status }) => check === "account" && status === "ok");
  const look = async () => priceFindings(input.environment, await pricesOf(canAsk));
  return [...findings, ...(await findingsOf([{ group: "price", check: "price", look }]))];
}

/** What stands in the way of a deploy, a line each with its fix; empty when nothing does. */
export async function preflightProblems(input: DoctorInput): Promise<readonly string[]> {
  return problemLines(await blockingFindings(input));
}

async function blockingFindings({ environment, clients, commands, env, now }: DoctorInput): Promise<Finding[]> {
  const tools = findingsOf(toolChecks(commands, env, environment.aws.engine));
  const account = await accountFindings(environment, clients, now);
  return [...(await tools), ...account];
}

/** Without credentials that work there is nothing to look at, and of another's account nothing is to be looked at. */
async function accountFindings(environment: Environment, clients: AwsClients, now: number): Promise<Finding[]> {
  const identity = await identityOf(clients).catch((error: unknown) => error);
  const at = { group: "account", check: "credentials" };
  if (identity instanceof Error) {
    const rejected = async () => {
      throw identity;
    };
    return [...(await findingsOf([{ ...at, look: rejected }])), asked("no answer to who the credentials are of")];
  }
  const own = identityFindings(identity as Identity, environment, now);
  if (own.some(({ status }) => status === "problem")) return [...own, asked("the account is not one to look at")];
  const checks = accountChecks(accountOf(clients, environment), (identity as Identity).account, now);
  return [...own, ...(await findingsOf(checks))];
}

function asked(says: string): Finding {
  return { group: "account", check: "the rest", status: "skipped", says: `not looked at: ${says}` };
}

function accountChecks(account: Account, id: string, now: number): Check[] {
  const { environment } = account;
  return [
    { group: "account", check: "cluster", look: () => clusterFindings(account) },
    { group: "account", check: "spot role", look: () => spotRoleFindings(account) },
    { group: "region", check: "region", look: () => regionFindings(account) },
    { group: "region", check: "zones", look: () => zoneFindings(account) },
    { group: "region", check: "Kubernetes", look: () => versionFindings(account, now) },
    { group: "capacity", check: "offerings", look: () => offeringFindings(account) },
    { group: "quotas", check: "vCPUs", look: () => computeQuotaFindings(account) },
    ...networkQuotaChecks(account),
    ...(environment.aws.state === "local" ? [localState()] : [stateCheck(account, id)]),
  ];
}

function stateCheck({ clients, environment }: Account, id: string): Check {
  return { group: "state", check: "state bucket", look: () => stateFindings(clients, environment, id) };
}

function localState(): Check {
  const says = "kept on this machine, in .aura: only here can the environment be destroyed";
  return { group: "state", check: "state", look: async () => [{ group: "state", check: "state", status: "ok", says }] };
}

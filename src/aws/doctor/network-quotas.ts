import { DescribeAddressesCommand, paginateDescribeVpcs } from "@aws-sdk/client-ec2";
import { paginateListClusters } from "@aws-sdk/client-eks";

import { count } from "../../kernel/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { clusterName } from "../../synth/kubernetes/labels.ts";
import type { AwsClients } from "../clients.ts";
import type { Account } from "./account.ts";
import type { Check, Finding } from "./finding.ts";
import { isOwnThing } from "./own-things.ts";
import { raiseQuota } from "./quota.ts";

/** Something of which an account may have so many in a region. */
interface Countable {
  readonly noun: string;
  readonly service: string;
  readonly code: string;
  readonly wanted: (environment: Environment) => number;
  /** By others: what the environment has already stays its own. */
  readonly used: (clients: AwsClients, environment: Environment) => Promise<number>;
}

const countables: readonly Countable[] = [
  { noun: "VPC", service: "vpc", code: "L-F678F1CE", wanted: () => 1, used: vpcs },
  { noun: "Elastic IP", service: "ec2", code: "L-0263D0A3", wanted: addressesOf, used: addresses },
  { noun: "EKS cluster", service: "eks", code: "L-1194D53C", wanted: () => 1, used: clusters },
];

/** Whether the region has room for the environment's VPC, addresses of NAT gateways, and cluster. */
export function networkQuotaChecks(account: Account): Check[] {
  return countables
    .filter(({ wanted }) => wanted(account.environment) > 0)
    .map((one) => ({ group: "quotas", check: `${one.noun}s`, look: async () => [await finding(account, one)] }));
}

async function finding(account: Account, { noun, service, code, wanted, used }: Countable): Promise<Finding> {
  const { clients, environment } = account;
  const at = { group: "quotas", check: `${noun}s` };
  const [quota, there] = await Promise.all([account.quota(service, code), used(clients, environment)]);
  if (quota === undefined) return { ...at, status: "skipped", says: `AWS tells no quota ${code}; ${there} in use` };
  const more = wanted(environment);
  const value = `${quota.value}, ${there} used by others`;
  const isEnough = quota.value - there >= more;
  return {
    ...at,
    status: isEnough ? "ok" : "problem",
    says: `"${quota.name}" (${code}) in ${environment.region} is ${value}; ${more} ${more === 1 ? "is" : "are"} needed`,
    value,
    needed: count(more, noun),
    ...(!isEnough && { fix: raiseQuota(quota, there + more, environment.region) }),
  };
}

function addressesOf({ network, zones }: Environment): number {
  return { none: 0, single: 1, "per-az": zones.length }[network.nat];
}

async function vpcs({ ec2 }: AwsClients, environment: Environment): Promise<number> {
  let found = 0;
  for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: ec2 }, {})) {
    found += Vpcs.filter((vpc) => !isOwnThing(vpc, environment)).length;
  }
  return found;
}

/** EC2 tells all addresses at once: the call has no pages. */
async function addresses({ ec2 }: AwsClients, environment: Environment): Promise<number> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  return Addresses.filter((address) => !isOwnThing(address, environment)).length;
}

async function clusters({ eks }: AwsClients, environment: Environment): Promise<number> {
  const own = clusterName(environment);
  let found = 0;
  for await (const page of paginateListClusters({ client: eks }, {})) {
    found += (page.clusters ?? []).filter((name) => name !== own).length;
  }
  return found;
}

import type { Pool } from "../../spec/environment.ts";
import type { Account } from "./account.ts";
import type { Finding, FindingStatus } from "./finding.ts";
import { launchableTypes } from "./launchable.ts";
import { typesOf } from "./pool-types.ts";
import { type Quota, raiseQuota } from "./quota.ts";
import { type Demand, poolDemands, systemDemand } from "./quota-demand.ts";

/** A demand beside what there is of its quota; without quota nobody knows. */
interface Line {
  readonly demand: Demand;
  readonly quota?: Quota;
  readonly used: number;
  /** Kept for the system nodes, which have to be there first. */
  readonly kept: number;
}

/** Whether the vCPU quotas, on-demand and spot apart, let the system nodes and each pool's nodes be launched. */
export async function computeQuotaFindings(account: Account): Promise<Finding[]> {
  const { environment } = account;
  const demand = systemDemand(environment);
  const system = demand && (await lineOf(account, demand));
  const pools = environment.pools.map((pool) => poolFindings(account, pool, demand));
  return [...(system ? findingsOf("system nodes", [system], account) : []), ...(await Promise.all(pools)).flat()];
}

async function poolFindings(account: Account, pool: Pool, system: Demand | undefined): Promise<Finding[]> {
  // where nobody may ask what is offered, all that the catalog knows is taken to be
  const offered = await account.offered().catch(() => undefined);
  const types = offered === undefined ? typesOf(pool) : launchableTypes(pool, account.environment.zones, offered);
  const lines = poolDemands(pool, types).map((demand) => lineOf(account, demand, system));
  return findingsOf(`pool ${pool.name}`, await Promise.all(lines), account);
}

async function lineOf(account: Account, demand: Demand, system?: Demand): Promise<Line> {
  const { code } = demand;
  const kept = system !== undefined && system.code === code ? system.least.vcpus : 0;
  const quota = code === undefined ? undefined : await account.quota("ec2", code);
  if (quota === undefined) return { demand, used: 0, kept };
  return { demand, quota, used: (await account.used()).get(quota.code) ?? 0, kept };
}

/** What the lines of one owner amount to: one that is enough makes up for those that are not. */
function findingsOf(who: string, lines: readonly Line[], { environment: { region } }: Account): Finding[] {
  const canLaunch = lines.some((line) => freeOf(line) >= line.demand.least.vcpus);
  const canLaunchAll = lines.some((line) => freeOf(line) >= line.demand.most.vcpus);
  return lines.map((line) => {
    const at = { group: "quotas", check: `${who}, ${line.demand.capacityType}` };
    if (line.quota === undefined) return { ...at, ...unknown(line.demand, canLaunch) };
    return { ...at, ...judged(line, line.quota, { canLaunch, canLaunchAll, region }) };
  });
}

interface Others {
  readonly canLaunch: boolean;
  readonly canLaunchAll: boolean;
  readonly region: string;
}

function judged(
  line: Line,
  quota: Quota,
  { canLaunch, canLaunchAll, region }: Others,
): Omit<Finding, "group" | "check"> {
  const { demand, used, kept } = line;
  const { least, most } = demand;
  const free = freeOf(line);
  const launches = free >= least.vcpus;
  const isEnough = free >= most.vcpus || (launches && canLaunchAll);
  const status: FindingStatus = isEnough ? "ok" : launches || canLaunch ? "warning" : "problem";
  const taken = `${used} used by others${kept > 0 ? `, ${kept} for the system nodes` : ""}`;
  const value = `${quota.value} vCPU, ${taken}`;
  const needed = `${least.vcpus} vCPU for ${least.what}${most.vcpus > least.vcpus ? `, ${most.vcpus} for ${most.what}` : ""}`;
  const why = launches ? undefined : whyShort(quota, canLaunch);
  return {
    status,
    says: `"${quota.name}" (${quota.code}) in ${region} is ${value}; needed are ${needed}`,
    value,
    needed,
    ...(!isEnough && { fix: raiseQuota(quota, used + kept + most.vcpus, region) }),
    ...(why !== undefined && { why }),
  };
}

function whyShort({ value }: Quota, canLaunch: boolean): string {
  const new_ = value === 0 ? "AWS gives a new account none of these and raises the quota when asked" : undefined;
  const others = canLaunch ? "the pool's other ways to buy are enough to work with" : undefined;
  return [new_, others].filter((part) => part !== undefined).join("; ") || "nothing can be launched against this quota";
}

/** No quota counts these families: they are not sold so. A quota that AWS does not tell is not held against anyone. */
function unknown({ code, families, capacityType }: Demand, canLaunch: boolean): Omit<Finding, "group" | "check"> {
  const names = families.join(", ");
  if (code !== undefined) return { status: "skipped", says: `AWS knows no quota ${code} here (${names})` };
  const says = `${names}: not sold ${capacityType === "spot" ? "on spot" : "on demand"}`;
  if (canLaunch) return { status: "ok", says };
  return { status: "problem", says, fix: "other families or capacityTypes for the pool in aura.yaml" };
}

function freeOf({ demand, quota, used, kept }: Line): number {
  if (demand.code === undefined) return Number.NEGATIVE_INFINITY;
  return quota === undefined ? Number.POSITIVE_INFINITY : quota.value - used - kept;
}

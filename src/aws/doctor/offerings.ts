import type { Environment, Pool } from "../../spec/environment.ts";
import type { Account } from "./account.ts";
import type { Finding } from "./finding.ts";
import { launchableTypes } from "./launchable.ts";
import type { Offered } from "./offered.ts";
import { typesOf } from "./pool-types.ts";

/** Whether the zones have what the system nodes and each pool want to launch. */
export async function offeringFindings(account: Account): Promise<Finding[]> {
  const offered = await account.offered();
  const { environment } = account;
  return [
    systemFinding(environment, offered),
    ...environment.pools.map((pool) => poolFinding(pool, environment, offered)),
  ];
}

function systemFinding({ cluster, zones }: Environment, offered: Offered): Finding {
  const names = cluster.systemNodes.instanceTypes;
  const at = { group: "capacity", check: "system nodes", needed: names.join(" or ") };
  const where = names.map((name) => ({ name, in: zones.filter((zone) => offered.get(name)?.has(zone)) }));
  if (where.some((one) => one.in.length > 0)) return { ...at, status: "ok", says: offersText(where, zones) };
  return {
    ...at,
    status: "problem",
    says: `none of ${zones.join(", ")} offers ${names.join(" or ")}`,
    fix: "cluster: { systemNodes: { instanceTypes: [t3.large] } } in aura.yaml, or zones that offer them",
  };
}

function poolFinding(pool: Pool, { zones, region }: Environment, offered: Offered): Finding {
  const at = { group: "capacity", check: `pool ${pool.name}`, needed: pool.families.join(", ") };
  const where = pool.families.map((name) => ({ name, in: zones.filter((zone) => offers(pool, name, zone, offered)) }));
  const says = offersText(where, zones);
  const missing = where.filter((one) => one.in.length === 0).map(({ name }) => name);
  if (missing.length === 0) return { ...at, status: "ok", says };
  const better = zonesWith(pool, offered);
  if (missing.length < pool.families.length) {
    const why = "the pool works with the rest, with fewer types to choose from";
    return { ...at, status: "warning", says, why, ...(better.length > 0 && { fix: zonesText(pool, better, offered) }) };
  }
  return {
    ...at,
    status: "problem",
    says: `none of ${zones.join(", ")} offers ${pool.families.join(", ")}`,
    fix:
      better.length > 0
        ? zonesText(pool, better, offered)
        : `${region} offers none of these: another region, or other families`,
  };
}

function offers(pool: Pool, family: string, zone: string, offered: Offered): boolean {
  return launchableTypes({ ...pool, families: [family] }, [zone], offered).length > 0;
}

/** Zones of the region that offer some of the pool's families, those with most of them first. */
function zonesWith(pool: Pool, offered: Offered): string[] {
  const zones = [...new Set(typesOf(pool).flatMap(({ name }) => [...(offered.get(name) ?? [])]))].sort();
  const rank = (zone: string) => familiesIn(zone, pool, offered).length;
  return zones.toSorted((a, b) => rank(b) - rank(a));
}

function familiesIn(zone: string, pool: Pool, offered: Offered): string[] {
  return pool.families.filter((family) => offers(pool, family, zone, offered));
}

function zonesText(pool: Pool, zones: readonly string[], offered: Offered): string {
  const alike = together(zones.map((zone) => [zone, familiesIn(zone, pool, offered).join(", ")]));
  return `zones: in aura.yaml; there are ${alike.map(([names, families]) => `${names} (${families})`).join("; ")}`;
}

interface Offer {
  readonly name: string;
  readonly in: readonly string[];
}

/** `m7i, m7a in all 3 zones; g5 in us-east-1a; p5 nowhere`. */
function offersText(found: readonly Offer[], zones: readonly string[]): string {
  const alike = together(found.map((offer) => [offer.name, zonesPhrase(offer.in, zones)]));
  return alike.map(([names, where]) => `${names} ${where}`).join("; ");
}

/** Names of the same text, with commas between them, each with that text. */
function together(pairs: readonly (readonly [string, string])[]): [string, string][] {
  const texts = [...new Set(pairs.map(([, text]) => text))];
  return texts.map((text) => [pairs.flatMap(([name, own]) => (own === text ? name : [])).join(", "), text]);
}

function zonesPhrase(offering: readonly string[], zones: readonly string[]): string {
  if (offering.length === 0) return "nowhere";
  return zones.length > 1 && offering.length === zones.length
    ? `in all ${zones.length} zones`
    : `in ${offering.join(", ")}`;
}

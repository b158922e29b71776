import type { Source } from "./instance-type.ts";
import { published, sources } from "./source.ts";
import { lazy, median, tableRows } from "./table.ts";

/**
 * On-demand price in a region over that in us-east-1: it is the same for every size of a family (checked on seven
 * regions of g5, five of g6e, all of g4dn and p3). `-` where nobody published one. Every region in the table is known.
 */
const factorTable = `
region          g4dn   g5     g6e    p3
us-east-1       1      1      1      1
us-east-2       1      1      1      -
us-west-1       1.1995 -      -      -
us-west-2       1      1      1      -
ca-central-1    1.1102 1.1103 -      1.1
sa-east-1       1.6993 -      -      -
eu-central-1    1.25   1.2505 1.2504 1.2493
eu-north-1      1.0606 1.0606 1.0607 -
eu-south-1      1.1702 -      -      -
eu-south-2      -      -      1.0537 -
eu-west-1       1.1144 1.1163 -      1.0801
eu-west-2       1.1692 1.2694 -      1.1729
eu-west-3       1.1689 -      -      -
af-south-1      1.3264 -      -      -
me-central-1    -      1.2266 -      -
me-south-1      1.2261 -      -      -
ap-east-1       1.5399 1.5396 -      -
ap-northeast-1  1.3497 1.4503 1.4503 1.3706
ap-northeast-2  1.23   1.2296 1.2294 1.3837
ap-south-1      1.1005 1.2008 -      -
ap-southeast-1  1.3989 -      -      1.3837
ap-southeast-2  1.3003 1.3002 -      1.3837
ap-southeast-3  -      1.3996 -      -
`;

const ec2details = published("us-east-1 price times the region's factor, from tedivm/ec2details", "2022-11-22");
/** The commit's own date was not recorded; it was read on this day or before. */
const skypilot = published("us-east-1 price times the region's factor, from SkyPilot's catalog 00148f2", "2026-08-21");
const factorSources: Record<string, Source> = { g4dn: ec2details, p3: ec2details, g5: skypilot, g6e: skypilot };

/** The regions that prices are known or can be estimated for. */
export function regions(): readonly string[] {
  return regionNames();
}

/** Regions whose zones are not called a, b and c, as accounts made today see them (AWS, regions and zones). */
const otherZones: Readonly<Record<string, string>> = {
  "ap-northeast-1": "acd",
  "ca-central-1": "abd",
  // Two of three, and which ones differs between accounts
  "us-west-1": "ac",
};

/** The first three zones of a region by name. A real account may have other letters: AWS's preflight asks it. */
export function defaultZones(region: string): readonly string[] {
  return [...(otherZones[region] ?? "abc")].map((letter) => `${region}${letter}`);
}

/** What multiplies a us-east-1 price, and where that comes from. */
export interface RegionFactor {
  readonly factor: number;
  readonly source: Source;
}

/**
 * The factor of a family in a region. Where nobody published the family's own, the median of those published for the
 * region, marked as an estimate. Undefined for an unknown region.
 */
export function regionFactor(region: string, family: string): RegionFactor | undefined {
  if (region === "us-east-1") return { factor: 1, source: sources.onDemand };
  const known = factors().get(region);
  const own = known?.get(family);
  const source = factorSources[family];
  if (own !== undefined && source !== undefined) return { factor: own, source };
  const factor = median([...(known?.values() ?? [])]);
  return factor === undefined ? undefined : { factor, source: sources.regionOfFamily };
}

/** Whether somebody published a price of this family in this region. */
export function hasPublishedFactor(region: string, family: string): boolean {
  return factors().get(region)?.has(family) ?? false;
}

const factors = lazy(() => {
  const [[, ...families] = [], ...rows] = tableRows(factorTable);
  const parsed = rows.map(([region = "", ...cells]): [string, Map<string, number>] => {
    const pairs = families.map((family, index): [string, number] => [family, Number(cells[index])]);
    return [region, new Map(pairs.filter(([, factor]) => !Number.isNaN(factor)))];
  });
  return new Map(parsed);
});
const regionNames = lazy(() => [...factors().keys()]);

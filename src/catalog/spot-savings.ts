import { carriedFamilies } from "./carried.ts";
import type { InstanceType, Source } from "./instance-type.ts";
import { sources } from "./source.ts";
import { americasSpotTable } from "./spot-americas.ts";
import { asiaSpotTable } from "./spot-asia.ts";
import { europeSpotTable } from "./spot-europe.ts";
import { lazy, median, tableGroups } from "./table.ts";

/** What spot saves and how often it is interrupted. */
export interface SpotSaving {
  /** Percent of the on-demand price; negative where spot was dearer. */
  readonly percent: number;
  /** 0 under 5 % a month, 1 5–10, 2 10–15, 3 15–20, 4 over 20 %. */
  readonly interruptionBand: number;
  readonly source: Source;
}

interface AdvisorRow {
  readonly percent: number;
  readonly band: number;
}

/** What the advisor says of one region. */
interface AdvisorRegion {
  readonly rows: ReadonlyMap<string, AdvisorRow>;
  /** Medians by family, and under `gpu` and `general` over all types of that sort. */
  readonly medians: ReadonlyMap<string, AdvisorRow>;
}

/** Types that EC2 lists for capacity blocks: spot is there only where the advisor saw it, never by a median. */
const capacityBlockFamilies = new Set(["p5e", "p5en", "p6-b200", "p6-b300"]);

/**
 * The saving of a type in a region: its own row; else its family's median; else the median of all types with (or
 * without) GPUs in the region. Undefined where there is no spot: capacity-block types that the advisor has no row of.
 */
export function spotSaving(region: string, type: InstanceType): SpotSaving | undefined {
  const advisor = advisorRegion(region);
  const row = advisor?.rows.get(type.name);
  if (row) return savingOf(row, sources.spot);
  if (advisor === undefined || capacityBlockFamilies.has(type.family)) return undefined;
  const family = advisor.medians.get(type.family);
  if (family) return savingOf(family, sources.spotOfFamily);
  const sort = advisor.medians.get(type.gpu ? "gpu" : "general");
  return sort && savingOf(sort, sources.spotOfRegion);
}

/** Whether the advisor has rows of this family in this region: then it is sold there. */
export function isAdvised(region: string, family: string): boolean {
  return advisorRegion(region)?.medians.has(family) ?? false;
}

/** Whether the advisor has rows of this family in any region: then a region without one does not sell it. */
export function isAdvisedAnywhere(family: string): boolean {
  return advisedFamilies().has(family);
}

function savingOf(row: AdvisorRow, source: Source): SpotSaving {
  return { percent: row.percent, interruptionBand: row.band, source };
}

const advisorTables = lazy(
  () =>
    new Map([americasSpotTable, europeSpotTable, asiaSpotTable].flatMap((table) => [...tableGroups(table, "region")])),
);
const advisedFamilies = lazy(
  () => new Set([...advisorTables().values()].flatMap((rows) => rows.map(([family = ""]) => family))),
);
const parsedRegions = new Map<string, AdvisorRegion>();

/** A region's table is parsed when it is first asked for. */
function advisorRegion(region: string): AdvisorRegion | undefined {
  const table = advisorTables().get(region);
  const parsed = parsedRegions.get(region) ?? (table && parseRegion(table));
  if (parsed) parsedRegions.set(region, parsed);
  return parsed;
}

function parseRegion(table: readonly (readonly string[])[]): AdvisorRegion {
  const rows = new Map<string, AdvisorRow>();
  const groups = new Map<string, AdvisorRow[]>();
  for (const [family = "", ...cells] of table) {
    for (const [index, { type }] of (carriedFamilies().get(family) ?? []).entries()) {
      const row = parseCell(cells[index]);
      if (row === undefined) continue;
      rows.set(type.name, row);
      for (const group of [family, type.gpu ? "gpu" : "general"])
        groups.set(group, [...(groups.get(group) ?? []), row]);
    }
  }
  return { rows, medians: new Map([...groups].map(([group, members]) => [group, medianRow(members)])) };
}

/** `59/4`: saving and band. */
function parseCell(cell: string | undefined): AdvisorRow | undefined {
  if (cell === undefined || cell === "-") return undefined;
  const [percent, band] = cell.split("/");
  return { percent: Number(percent), band: Number(band) };
}

function medianRow(rows: readonly AdvisorRow[]): AdvisorRow {
  const middle = (values: readonly number[]) => Math.round(median(values) ?? 0);
  return { percent: middle(rows.map(({ percent }) => percent)), band: middle(rows.map(({ band }) => band)) };
}

import type { Inventory } from "../../aws/sweep/inventory.ts";
import type { Remain } from "../../aws/sweep/kind.ts";
import type { Left } from "../../aws/sweep/remove.ts";
import type { SweepScope } from "../../aws/sweep/scope.ts";
import { columns, count, humanDuration, humanUsd } from "../../kernel/text.ts";

/** An environment's inventory for people; `now` in milliseconds since the epoch. */
export function inventoryText({ environment, region }: SweepScope, seen: Inventory, now: number): string {
  const { checked, found, unsure, ending, unchecked } = seen;
  const sure = found.length === 0 ? "nothing is left" : count(found.length, "thing");
  return [
    `${environment} in ${region}: ${sure} (${count(checked.length, "kind")} looked for)`,
    ...(found.length === 0
      ? []
      : [foundTable(found, now), `${sumText(found)}; ids, and what speaks for each: -o json`]),
    ...listed("not sure, never removed:", unsure, (one) => [
      one.kind,
      one.id,
      one.evidence.join(", "),
      one.doubt ?? "",
    ]),
    ...listed("going already:", ending, (one) => [one.kind, one.id, one.state ?? ""]),
    ...listed("could not be looked for:", unchecked, ({ kind, why }) => [kind, why]),
  ].join("\n");
}

/** What fits into a terminal; ids, expiry and what speaks for each thing are in the JSON. */
function foundTable(found: readonly Remain[], now: number): string {
  const head = ["KIND", "NAME", "AGE", "USD/H", "WHY"];
  const rows = found.map(({ kind, name, id, createdAt, usdPerHour, why }) => [
    kind,
    labelOf(name, id),
    createdAt === undefined ? "-" : ageText(now - Date.parse(createdAt)),
    usdPerHour === undefined ? "-" : usdPerHour.toFixed(4),
    why,
  ]);
  return columns([head, ...rows], [3]);
}

/** The id is what commands take, but of an ARN or an address the name says as much. */
function labelOf(name: string, id: string): string {
  return /^(arn|https?):/.test(id) ? name : id;
}

const dayMs = 86_400_000;

function ageText(ms: number): string {
  return ms < 2 * dayMs ? humanDuration(Math.max(0, ms)) : `${Math.floor(ms / dayMs)} days`;
}

/** What they cost by the hour, as far as the catalog knows. */
export function usdPerHourOf(found: readonly Remain[]): number {
  const sum = found.reduce((total, { usdPerHour = 0 }) => total + usdPerHour, 0);
  return Math.round(sum * 1e6) / 1e6;
}

function sumText(found: readonly Remain[]): string {
  const unknown = found.filter(({ usdPerHour, why }) => usdPerHour === undefined && /billed/.test(why)).length;
  const more = unknown === 0 ? "" : `, and ${count(unknown, "thing")} whose price is not in the catalog`;
  return `${humanUsd(usdPerHourOf(found))} an hour${more}`;
}

function listed<T>(title: string, list: readonly T[], row: (one: T) => string[]): string[] {
  return list.length === 0 ? [] : [title, columns(list.map((one) => ["", ...row(one)]))];
}

/** Each thing that is left, why that matters, and the command that removes it. */
export function leftLines(found: readonly Remain[], left: readonly Left[]): string[] {
  const reasons = new Map(left.map(({ remain, reason }) => [remain.id, reason]));
  return found.map(({ kind, id, why, fix }) => `${kind} ${id}: ${reasons.get(id) ?? "found at last"}; ${why}; ${fix}`);
}

import { columns, count } from "../../kernel/text.ts";
import { plainText } from "../../report/markup.ts";
import {
  grouped,
  hoursText,
  rangeText,
  ratioText,
  shareText,
  spanText,
  usdText,
} from "../../report/simulation/amounts.ts";
import { type PolicyColumn, policyColumns } from "../../report/simulation/policy-columns.ts";
import type { JobResults, PolicyRow, TenantRows } from "../../report/simulation/results.ts";
import { rejectedText } from "./rejected-text.ts";

/** Results as tables, at most so many characters wide. */
export function jobsText(results: JobResults, width: number): string {
  const { policies, tenants } = results;
  return [
    headText(results),
    policiesText(policies, width),
    legend(results),
    ...(tenants.length === 0 || results.world.tenants < 2 ? [] : [tenantsText(tenants, width)]),
  ].join("\n\n");
}

function headText({ trace, world }: JobResults): string {
  const { jobs, users, spanSeconds, gpuHours, rejected, neverFits } = trace;
  const demand = [plainText(trace.name), `${grouped(jobs)} jobs`, ...(users > 0 ? [`${count(users, "user")}`] : [])];
  const lines = [
    [...demand, spanText(spanSeconds), `${hoursText(gpuHours)} GPU-hours`].join(" · "),
    [
      `${count(world.pools, "pool")} by ${world.tenancy === "shared" ? "shape, shared by all" : world.tenancy}`,
      [world.region, ...(world.gpu === null ? [] : [world.gpu])].join(" "),
      `L ${rangeText(world.launchSeconds, spanText)}`,
      `ρ ${world.waitingWeight}`,
      `B ${rangeText(world.breakEvenSeconds, spanText)}`,
      ...(world.spot ? ["spot"] : []),
      `seed ${world.seed}`,
    ].join(" · "),
    ...rejectedText(rejected),
    ...neverFits.map((never) => `left out  ${count(never.jobs, "job")}: ${plainText(never.reason)}`),
    ...world.notes.map((note) => `assumed   ${plainText(note)}`),
  ];
  return lines.join("\n");
}

function policiesText(rows: readonly PolicyRow[], width: number): string {
  const names = ["", "POLICY"];
  const named = rows.map((row) => [mark(row), row.policy]);
  const shown = fitting(rows, named, width);
  const cells = rows.map((row, index) => [...(named[index] ?? []), ...shown.map(({ cell }) => cell(row))]);
  const head = [...names, ...shown.map((column) => column.head)];
  return columns(
    [head, ...cells],
    head.map((_, index) => index).filter((index) => index >= names.length),
  );
}

/** As many columns as have room, those that matter most first. */
function fitting(rows: readonly PolicyRow[], named: readonly string[][], width: number): readonly PolicyColumn[] {
  const gap = 2;
  let left = width - 1 - gap - Math.max("POLICY".length, ...named.map(([, name = ""]) => name.length));
  const all = policyColumns(rows);
  const kept = new Set<PolicyColumn>();
  for (const column of [...all].sort((a, b) => a.rank - b.rank)) {
    left -= gap + Math.max(column.head.length, ...rows.map((row) => column.cell(row).length));
    if (left < 0) break;
    kept.add(column);
  }
  return all.filter((column) => kept.has(column));
}

function mark({ kind, bestTimer, policy }: PolicyRow): string {
  if (bestTimer) return "*";
  if (policy === "clairvoyant") return "=";
  return kind === "hindsight" ? "°" : kind === "policy" ? ">" : "";
}

function legend({ policies, optimum, world }: JobResults): string {
  const marks = new Set(policies.map(mark));
  const rho = world.waitingWeight;
  return [
    `RATIO is (idle + boot + ${rho === 1 ? "" : `${rho} × `}waiting) over the least possible, ${hoursText(optimum.lossSeconds / 3600)} GPU-hours; IDLE and BOOT are GPU-hours`,
    ...[
      [">", "Aura"],
      ["*", "the best fixed timer on this trace"],
      ["=", "knows the future: the optimum, played"],
      ["°", "sized by what is known only afterwards"],
    ].flatMap(([sign = "", words = ""]) => (marks.has(sign) ? [`${sign} ${words}`] : [])),
  ].join("\n");
}

function tenantsText(tenants: readonly TenantRows[], width: number): string {
  const head = ["TENANT", "JOBS", "GPU-H", "RATIO", "P95", "COLD", "COST", "LEAST", "RATIO", "COST"];
  const rows = tenants.map((tenant) => tenantRow(tenant, width));
  const first = mainRow(tenants[0]?.policies ?? [])?.policy ?? "";
  return `By tenant: ${first}, and the least of what others do\n${columns([head, ...rows], [1, 2, 3, 4, 5, 6, 8, 9])}`;
}

function tenantRow({ tenant, jobs, gpuHours, policies }: TenantRows, width: number): string[] {
  const own = mainRow(policies);
  const least = policies.find((row) => row !== own && row.kind !== "hindsight") ?? own;
  const most = Math.max(8, width - 80 + 14);
  const name = plainText(tenant);
  return [
    name.length > most ? `${name.slice(0, most - 1)}…` : name,
    grouped(jobs),
    hoursText(gpuHours),
    ratioText(own?.ratioToOptimum ?? null),
    spanText(own?.waitP95Seconds ?? 0),
    shareText(own?.coldShare ?? 0),
    usdText(own?.costUsd ?? 0),
    least?.policy ?? "",
    ratioText(least?.ratioToOptimum ?? null),
    usdText(least?.costUsd ?? 0),
  ];
}

/** Aura's, or the one that came out best where it was not asked for. */
function mainRow(policies: readonly PolicyRow[]): PolicyRow | undefined {
  return policies.find(({ policy }) => policy === "aura") ?? policies[0];
}

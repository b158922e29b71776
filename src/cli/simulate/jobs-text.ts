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
    `RATIO    (idle + boot + ${rho === 1 ? "" : `${rho} × `}waiting) over the least possible, which is ${hoursText(optimum.lossSeconds / 3600)} GPU-hours`,
    "OF GAPS  the same of the releases alone: without first launches, and nothing shifts",
    "IDLE     GPU-hours; so are LOSS, BOOT and BUSY",
    ...[
      [">", "Aura"],
      ["*", "the best of these fixed timers, on this trace"],
      ["=", "knows the future: the optimum, played"],
      ["°", "sized by what is known only afterwards"],
    ].flatMap(([sign = "", words = ""]) => (marks.has(sign) ? [`${sign}        ${words}`] : [])),
  ].join("\n");
}

interface TenantColumn {
  readonly head: string;
  /** Only where there is room. */
  readonly isWide?: boolean;
  cell(tenant: TenantRows, own: PolicyRow | undefined, least: PolicyRow | undefined): string;
}

const tenantColumns: readonly TenantColumn[] = [
  { head: "JOBS", cell: ({ jobs }) => grouped(jobs) },
  { head: "GPU-H", cell: ({ gpuHours }) => hoursText(gpuHours) },
  { head: "RATIO", cell: (_, own) => ratioText(own?.ratioToOptimum ?? null) },
  { head: "P95", cell: (_, own) => spanText(own?.waitP95Seconds ?? 0) },
  { head: "COLD", isWide: true, cell: (_, own) => shareText(own?.coldShare ?? 0) },
  { head: "COST", cell: (_, own) => usdText(own?.costUsd ?? 0) },
  { head: "BASELINE", cell: (_, __, least) => least?.policy ?? "-" },
  { head: "RATIO", cell: (_, __, least) => ratioText(least?.ratioToOptimum ?? null) },
  { head: "COST", isWide: true, cell: (_, __, least) => (least === undefined ? "-" : usdText(least.costUsd)) },
];

function tenantsText(tenants: readonly TenantRows[], width: number): string {
  const shown = tenantColumns.filter(({ isWide }) => isWide !== true || width >= 110);
  const rows = tenants.map((tenant) => tenantCells(tenant, shown));
  const head = shown.map((column) => column.head);
  const rest = columns([head, ...rows]).split("\n");
  const most = Math.max(8, width - 2 - Math.max(...rest.map((line) => line.length)));
  const names = tenants.map(({ tenant }) => shortened(plainText(tenant), most));
  const first = mainRow(tenants[0]?.policies ?? [])?.policy ?? "";
  const table = [["TENANT", ...head], ...rows.map((row, index) => [names[index] ?? "", ...row])];
  const left = new Set([0, head.indexOf("BASELINE") + 1]);
  const right = table[0]?.flatMap((_, index) => (left.has(index) ? [] : index));
  return `By tenant: ${first}, and the baseline that comes out best\n${columns(table, right)}`;
}

function tenantCells(tenant: TenantRows, shown: readonly TenantColumn[]): string[] {
  const own = mainRow(tenant.policies);
  const least = tenant.policies.find((row) => row.kind === "baseline");
  return shown.map(({ cell }) => cell(tenant, own, least));
}

function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** Aura's, or the one that came out best where it was not asked for. */
function mainRow(policies: readonly PolicyRow[]): PolicyRow | undefined {
  return policies.find(({ policy }) => policy === "aura") ?? policies[0];
}

import { count } from "../../kernel/text.ts";
import { html, type Markup } from "../markup.ts";
import { page } from "../page.ts";
import { tableView } from "../sections/table-view.ts";
import { type Cell, cell, number, type Table } from "../tables/table.ts";
import { grouped, hoursText, rangeText, ratioText, shareText, spanText, usdText } from "./amounts.ts";
import { costWaitPlot, offThePlot } from "./cost-wait-plot.ts";
import { type Line, linesPlot } from "./lines-plot.ts";
import { policyColumns } from "./policy-columns.ts";
import type { JobResults, PolicyRow } from "./results.ts";
import { simulationStyle } from "./style.ts";

/** A simulation's results as one self-contained page. Pure: the same results give the same text. */
export function simulationPage(results: JobResults, version: string): string {
  const { trace, policies } = results;
  const main = mainRow(policies);
  const off = offThePlot(policies);
  return page(
    { title: ["Simulation", trace.name].join(" · "), style: simulationStyle },
    html`${headline(results, main)}
${main && tiles(results, main)}
<section id="plot"><h2>Waste and waiting</h2>
<p class="quiet">Further left costs less, further down waits less. The dashed line joins the policies that none beats on both. ○ Aura, △ the best fixed timer, □ what others do, ◇ known only afterwards.${off.length > 0 && ` Too far right to be shown: ${off.map(({ policy, wasteSeconds }) => `${policy} (${hoursText(wasteSeconds / 3600)} GPU-hours)`).join(", ")}.`}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Waste and waiting">${costWaitPlot(policies)}</div></section>
<section id="policies"><h2>Policies</h2>
${tableView(policiesTable(policies), "Every policy, the least waste and waiting first")}</section>
${sweepSection(results)}
${tenantsSection(results)}
${notesSection(results)}
<footer><p>Made by Aura ${version}. The same figures: <a href="./results.json">results.json</a>.</p></footer>`,
  );
}

function mainRow(policies: readonly PolicyRow[]): PolicyRow | undefined {
  return policies.find(({ policy }) => policy === "aura") ?? policies[0];
}

function headline({ trace, world, policies }: JobResults, main: PolicyRow | undefined): Markup {
  const timer = policies.find(({ bestTimer }) => bestTimer);
  return html`<header>
<p class="run">${[trace.name, "simulation", world.region, `seed ${world.seed}`].join(" · ")}</p>
<h1>${main !== undefined && html`<span class="verdict">${main.policy}</span> comes to ${ratioText(main.ratioToOptimum)} times the least possible waste and waiting${timer !== undefined && timer !== main && html`; the best fixed timer, which is known only afterwards, to ${ratioText(timer.ratioToOptimum)}`}.`}</h1>
</header>`;
}

function tiles({ trace, policies }: JobResults, main: PolicyRow): Markup {
  const alwaysOn = policies.find(({ policy }) => policy === "always-on");
  const all = [
    ["Cost", usdText(main.costUsd), alwaysOn ? `always on ${usdText(alwaysOn.costUsd)}` : "all node time"],
    ["Waste", `${hoursText(main.wasteSeconds / 3600)} GPU-h`, `beside ${hoursText(main.busyGpuHours)} of work`],
    ["Wait", spanText(main.waitMeanSeconds), `p95 ${spanText(main.waitP95Seconds)}`],
    ["Jobs", grouped(trace.jobs), `${shareText(main.coldShare)} waited for a node`],
  ] as const;
  return html`<div class="tiles four">${all.map(
    ([
      label,
      value,
      detail,
    ]) => html`<div class="tile"><span class="label">${label}</span><span class="value">${value}</span><span class="detail">${detail}</span></div>
`,
  )}</div>`;
}

function policiesTable(rows: readonly PolicyRow[]): Table {
  const columns = policyColumns(rows);
  return {
    columns: [{ title: "Policy" }, ...columns.map(({ head }) => number(titled(head)))],
    rows: rows.map((row) => [nameCell(row), ...columns.map((column) => cell(column.cell(row)))]),
    notes: columns.map(({ head, says }) => `${titled(head)}: ${says}`),
  };
}

function titled(head: string): string {
  return head.charAt(0) + head.slice(1).toLowerCase();
}

function nameCell({ policy, kind, bestTimer }: PolicyRow): Cell {
  if (bestTimer) return { text: policy, tone: "bad", title: "the best fixed timer on this trace" };
  if (kind === "policy") return { text: policy, tone: "good" };
  return kind === "hindsight" ? { text: policy, tone: "quiet", title: "knows the trace beforehand" } : { text: policy };
}

function sweepSection({ sweep, world }: JobResults): Markup | false {
  if (sweep.length < 2) return false;
  const names = [...new Set(sweep.flatMap(({ policies }) => policies.map(({ policy }) => policy)))];
  const lines = names.map((name): Line => {
    const tone = name.startsWith("aura") ? "aura" : name === "best-timer" ? "best" : "baseline";
    const points = sweep.flatMap(({ waitingWeight, policies }): [number, number][] => {
      const ratio = policies.find(({ policy }) => policy === name)?.ratioToOptimum ?? null;
      return ratio === null ? [] : [[waitingWeight, ratio]];
    });
    return { name, tone, points };
  });
  return html`<section id="sweep"><h2>What waiting is worth</h2>
<p class="quiet">The same trace where a second of waiting is worth more or less: ρ, here ${world.waitingWeight}. A timer that is right for one is wrong for another.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Ratio by worth of waiting">${linesPlot(lines, { title: "ρ: worth of a second of waiting, in seconds of a node (log)", text: String })}</div></section>`;
}

function tenantsSection({ tenants, world }: JobResults): Markup | false {
  if (tenants.length === 0 || world.tenants < 2) return false;
  const rows = tenants.map(({ tenant, jobs, gpuHours, policies }) => {
    const own = mainRow(policies);
    const least = policies.find((row) => row.kind === "baseline");
    const texts = [grouped(jobs), hoursText(gpuHours), ratioText(own?.ratioToOptimum ?? null)];
    const more = [spanText(own?.waitP95Seconds ?? 0), usdText(own?.costUsd ?? 0)];
    const other = least === undefined ? ["–", "–"] : [least.policy, ratioText(least.ratioToOptimum)];
    return [tenant, ...texts, ...more, ...other].map((text) => cell(text));
  });
  const titles = ["Jobs", "GPU-hours", "Ratio", "Wait p95", "Cost", "Best baseline", "Its ratio"];
  const first = mainRow(tenants[0]?.policies ?? [])?.policy ?? "";
  return html`<section id="tenants"><h2>By ${world.tenancy}</h2>
<p class="quiet">${first}, for the ${count(tenants.length, "tenant")} of ${world.tenants} with most GPU-hours.</p>
${tableView({ columns: [{ title: "Tenant" }, ...titles.map(number)], rows }, "Tenants")}</section>`;
}

function notesSection({ trace, world, optimum }: JobResults): Markup {
  const notes = [
    `${grouped(trace.jobs)} jobs of ${count(trace.users, "user")} in ${spanText(trace.spanSeconds)}, ${hoursText(trace.gpuHours)} GPU-hours; read as ${trace.format}`,
    ...trace.rejected.causes.map(
      (each) => `${count(each.count, "row")} not used: ${each.cause}, first on line ${each.firstLine}`,
    ),
    ...trace.neverFits.map((never) => `${count(never.jobs, "job")} left out: ${never.reason}`),
    `${count(world.pools, "pool")}: nodes of one shape for one ${world.tenancy === "shared" ? "team" : world.tenancy}`,
    `L ${rangeText(world.launchSeconds, spanText)} from a node being asked for to a job starting, and ${spanText(world.loadSeconds)} of loading`,
    `ρ ${world.waitingWeight}, so that a cold start is worth B ${rangeText(world.breakEvenSeconds, spanText)} of idling`,
    `the optimum is ${hoursText(optimum.lossSeconds / 3600)} GPU-hours of idling and cold starts: exact, if nodes are not launched ahead`,
    ...world.notes,
  ];
  return html`<section id="assumptions"><h2>What was simulated</h2><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

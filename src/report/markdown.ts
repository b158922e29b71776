import { count } from "../kernel/text.ts";
import type { TimelineModel } from "../timeline/model-types.ts";
import { plainText, relativeHref } from "./markup.ts";
import { eventsTable, leftoversTable, metricsTable, outputsTable } from "./tables/evidence.ts";
import { attemptsTable, jobsTable, pendingTable, usageTable, waitsTable } from "./tables/jobs.ts";
import { costTable, nodeTimesTable, phasesTable } from "./tables/nodes.ts";
import { resourcesTable } from "./tables/resources.ts";
import type { Cell, Table } from "./tables/table.ts";
import { type GpuVerdict, gpuVerdicts, isRehearsal, verdictOf } from "./verdict.ts";
import { bytesText, listed } from "./words.ts";

const symbols = { good: "✅", bad: "❌", open: "⚪" } as const;

/** The report for a CI job's summary: the page's facts as GitHub's Markdown. Pure. */
export function renderMarkdown(model: TimelineModel): string {
  const { tone, word, sentence } = verdictOf(model);
  const { run } = model;
  const title = [run?.environment, run?.target, run?.region, run?.run].filter(Boolean).join(" · ");
  const parts = [
    `# ${symbols[tone]} ${word}`,
    escapeMarkdown(sentence),
    escapeMarkdown(title),
    simulated(model),
    section("Jobs", jobsTable(model)),
    gpuTests(model),
    section("Phases", phasesTable(model)),
    section("Slowest resources", resourcesTable(model)),
    section("Cost", costTable(model)),
    section("Pods", attemptsTable(model)),
    section("Nodes", nodeTimesTable(model)),
    section("Time before the first start", pendingTable(model)),
    section("Reasons for waiting", waitsTable(model)),
    section("Use of CPU, memory and GPU", usageTable(model)),
    section("Outputs", outputsTable(model)),
    logs(model),
    section("Metrics of the cluster", metricsTable(model)),
    section("Events", eventsTable(model)),
    leftovers(model),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function simulated(model: TimelineModel): string {
  if (!isRehearsal(model)) return "";
  const sentences = (model.run?.simulated ?? []).map((sentence) => `> - ${escapeMarkdown(sentence)}`);
  return ["> **This was a rehearsal.** What was simulated:", ...sentences].join("\n");
}

function section(title: string, table: Table): string {
  if (table.rows.length === 0) return "";
  const notes = (table.notes ?? []).map((note) => `- ${escapeMarkdown(note)}`);
  return [`## ${title}`, tableText(table), notes.join("\n")].filter(Boolean).join("\n\n");
}

function tableText({ columns, rows, foot }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ numeric }) => (numeric === true ? "--:" : "---"))),
    ...rows.map((row) => line(row.map(cellText))),
    ...(foot === undefined ? [] : [line(foot.map(({ text }) => (text === "" ? "" : `**${escapeMarkdown(text)}**`)))]),
  ].join("\n");
}

function cellText({ text, href }: Cell): string {
  return href === undefined ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${linkTarget(href)})`;
}

/** A parenthesis would end the link. */
function linkTarget(href: string): string {
  return href.replace(/\(/g, "%28").replace(/\)/g, "%29");
}

function gpuTests(model: TimelineModel): string {
  const verdicts = gpuVerdicts(model);
  return verdicts.length === 0 ? "" : ["## GPU test", ...verdicts.map(gpuTest)].join("\n\n");
}

function gpuTest({ job, result, device, reason, tail }: GpuVerdict): string {
  const where = device === "" ? "" : ` on ${device}`;
  const line = `**${result}**: ${escapeMarkdown(`${job.name}${where}, ${reason}`)}`;
  return tail === "" ? line : `${line}\n\n${fenced(tail)}`;
}

function logs({ logs: collected }: TimelineModel): string {
  if (collected.length === 0) return "";
  const items = collected.map(({ pod, container, path, bytes }) => {
    const link = `[${escapeMarkdown(path)}](${linkTarget(relativeHref(path))})`;
    return `- ${escapeMarkdown(`${pod} ${container}`)}: ${link} (${bytesText(bytes)})`;
  });
  return ["## Logs", items.join("\n")].join("\n\n");
}

function leftovers(model: TimelineModel): string {
  const { leftovers: check } = model;
  const found = check?.found.length ?? 0;
  const sentence =
    check === undefined
      ? "Nothing was looked for: the environment has not been taken down in this run."
      : `Looked at ${listed(check.checked) || "nothing"}. ${found === 0 ? "Nothing was found." : `${count(found, "thing")} found.`}`;
  const table = found === 0 ? "" : tableText(leftoversTable(model));
  return ["## Left behind", escapeMarkdown(sentence), table].filter(Boolean).join("\n\n");
}

/** Text on one line that Markdown and HTML leave alone. */
function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/\s*\n\s*/g, " ")
    .replace(/[\\`*_[\]|~#]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}

/** A block of text behind a fence longer than any in it. */
function fenced(text: string): string {
  const plain = plainText(text);
  const longest = Math.max(2, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${plain}\n${fence}`;
}

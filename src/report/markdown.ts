import { count } from "../kernel/text.ts";
import type { TimelineModel } from "../timeline/model-types.ts";
import { capped, cappedTable, escapeMarkdown, fenced, linkTarget, section } from "./markdown-text.ts";
import { relativeHref } from "./markup.ts";
import { eventsTable, leftoversTable, metricsTable, outputsTable } from "./tables/evidence.ts";
import { attemptsTable, jobsTable, pendingTable, usageTable, waitsTable } from "./tables/jobs.ts";
import { costTable, nodeTimesTable, phasesTable } from "./tables/nodes.ts";
import { resourcesTable } from "./tables/resources.ts";
import type { Table } from "./tables/table.ts";
import type { AutoscalingCheck } from "./validation/check.ts";
import { checkSection } from "./validation/markdown.ts";
import { type GpuVerdict, gpuVerdicts, isRehearsal, verdictOf } from "./verdict.ts";
import { bytesText, listed } from "./words.ts";

const symbols = { good: "✅", bad: "❌", open: "⚪" } as const;

export interface MarkdownOptions {
  /** Rows of each table; what is beyond is counted. Default: all. */
  readonly rows?: number;
  /** Told before the tables. Default: none. */
  readonly check?: AutoscalingCheck;
}

/** The report for a CI job's summary: the page's facts as GitHub's Markdown. Pure. */
export function renderMarkdown(model: TimelineModel, { rows, check }: MarkdownOptions = {}): string {
  const table = (title: string, all: Table) => section(title, all, rows);
  const { tone, word, sentence } = verdictOf(model);
  const { run } = model;
  const title = [run?.environment, run?.target, run?.region, run?.run].filter(Boolean).join(" · ");
  const parts = [
    `# ${symbols[tone]} ${word}`,
    escapeMarkdown(sentence),
    escapeMarkdown(title),
    simulated(model),
    check === undefined ? "" : checkSection(check, rows),
    table("Jobs", jobsTable(model)),
    gpuTests(model, rows),
    table("Phases", phasesTable(model)),
    table("Slowest resources", resourcesTable(model)),
    table("Cost", costTable(model)),
    table("Pods", attemptsTable(model)),
    table("Nodes", nodeTimesTable(model)),
    table("Time before the first start", pendingTable(model)),
    table("Reasons for waiting", waitsTable(model)),
    table("Use of CPU, memory and GPU", usageTable(model)),
    table("Outputs", outputsTable(model)),
    logs(model, rows),
    table("Metrics of the cluster", metricsTable(model)),
    table("Events", eventsTable(model)),
    leftovers(model, rows),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function simulated(model: TimelineModel): string {
  if (!isRehearsal(model)) return "";
  const sentences = (model.run?.simulated ?? []).map((sentence) => `> - ${escapeMarkdown(sentence)}`);
  return ["> **This was a rehearsal.** What was simulated:", ...sentences].join("\n");
}

function gpuTests(model: TimelineModel, rows?: number): string {
  const { shown, more } = capped(gpuVerdicts(model), rows);
  return shown.length === 0 ? "" : ["## GPU test", ...shown.map(gpuTest), more].filter(Boolean).join("\n\n");
}

function gpuTest({ job, result, device, reason, tail }: GpuVerdict): string {
  const where = device === "" ? "" : ` on ${device}`;
  const line = `**${result}**: ${escapeMarkdown(`${job.name}${where}, ${reason}`)}`;
  return tail === "" ? line : `${line}\n\n${fenced(tail)}`;
}

function logs({ logs: collected }: TimelineModel, rows?: number): string {
  if (collected.length === 0) return "";
  const { shown, more } = capped(collected, rows);
  const items = shown.map(({ pod, container, path, bytes }) => {
    const link = `[${escapeMarkdown(path)}](${linkTarget(relativeHref(path))})`;
    return `- ${escapeMarkdown(`${pod} ${container}`)}: ${link} (${bytesText(bytes)})`;
  });
  return ["## Logs", items.join("\n"), more].filter(Boolean).join("\n\n");
}

function leftovers(model: TimelineModel, rows?: number): string {
  const { leftovers: check } = model;
  const found = check?.found.length ?? 0;
  const sentence =
    check === undefined
      ? "Nothing was looked for: the environment has not been taken down in this run."
      : `Looked at ${listed(check.checked) || "nothing"}. ${found === 0 ? "Nothing was found." : `${count(found, "thing")} found.`}`;
  const table = found === 0 ? "" : cappedTable(leftoversTable(model), rows);
  return ["## Left behind", escapeMarkdown(sentence), table].filter(Boolean).join("\n\n");
}

import { plainText } from "./markup.ts";
import type { Cell, Table } from "./tables/table.ts";

/** A table under its title, at most `rows` of it; nothing for an empty one. */
export function section(title: string, table: Table, rows?: number): string {
  return table.rows.length === 0 ? "" : `## ${title}\n\n${cappedTable(table, rows)}`;
}

/** GitHub's Markdown of a table, with its notes; what is beyond `rows` (default: all) is counted. */
export function cappedTable(table: Table, rows?: number): string {
  const { shown, more } = capped(table.rows, rows);
  const notes = (table.notes ?? []).map((note) => `- ${escapeMarkdown(note)}`);
  return [tableText({ ...table, rows: shown }), more, notes.join("\n")].filter(Boolean).join("\n\n");
}

/** The first of a list, and words for those that are not among them. */
export function capped<T>(
  all: readonly T[],
  most = all.length,
): { readonly shown: readonly T[]; readonly more: string } {
  const left = all.length - most;
  return { shown: all.slice(0, most), more: left > 0 ? `and ${left} more` : "" };
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
export function linkTarget(href: string): string {
  return href.replace(/\(/g, "%28").replace(/\)/g, "%29");
}

/** Text on one line that Markdown and HTML leave alone. */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/\s*\n\s*/g, " ")
    .replace(/[\\`*_[\]|~#]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}

/** A block of text behind a fence longer than any in it. */
export function fenced(text: string): string {
  const plain = plainText(text);
  const longest = Math.max(2, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${plain}\n${fence}`;
}

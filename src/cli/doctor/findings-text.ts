import type { Finding, FindingStatus } from "../../aws/doctor/finding.ts";
import { columns } from "../../kernel/text.ts";

const marks: Readonly<Record<FindingStatus, string>> = {
  ok: "ok",
  skipped: "- skipped",
  warning: "! warning",
  problem: "x problem",
};

/** What was found, group by group, and at the end what there is to do, problems last. */
export function findingsText(title: string, findings: readonly Finding[]): string {
  const groups = [...new Set(findings.map(({ group }) => group))];
  const rows = findings.map(({ status, check, says }) => [`  ${marks[status]}`, check, firstLine(says)]);
  // one table, so that columns stay where they are from group to group
  const lines = rows.length === 0 ? [] : columns(rows).split("\n");
  const parts = groups.map((group) => [group, ...lines.filter((_, index) => findings[index]?.group === group)]);
  return [title, ...[...parts, todo(findings)].filter((part) => part.length > 0).map((part) => part.join("\n"))].join(
    "\n\n",
  );
}

/** Of what programs and services say, the rest is detail that a table has no room for. */
function firstLine(text: string): string {
  const [first = "", ...rest] = text.trim().split(/\s*\n\s*/);
  return rest.length === 0 ? first : `${first} …`;
}

function todo(findings: readonly Finding[]): string[] {
  const order: readonly FindingStatus[] = ["skipped", "warning", "problem"];
  const wanted = order.flatMap((status) => findings.filter((one) => one.status === status && one.fix !== undefined));
  const lines = wanted.flatMap(({ status, check, group, why, fix }) => [
    `  ${marks[status]}  ${group}, ${check}`,
    ...(why === undefined ? [] : [`    why  ${firstLine(why)}`]),
    `    fix  ${fix}`,
  ]);
  return lines.length === 0 ? [] : ["to do", ...lines];
}

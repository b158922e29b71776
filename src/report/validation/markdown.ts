import { count } from "../../kernel/text.ts";
import { capped, escapeMarkdown, section } from "../markdown-text.ts";
import type { AutoscalingCheck } from "./check.ts";
import { provisioningTable, validationTable } from "./tables.ts";

/** The check's part of a summary: its verdict, why, and what it has seen; at most `rows` of each. Pure. */
export function checkSection(check: AutoscalingCheck, rows?: number): string {
  return [
    `## ${check.ok ? "✅ Autoscaling works" : "❌ Autoscaling is not proven"}`,
    reasonsText(check.reasons, rows),
    leftText(check),
    section("Nodes for the jobs", validationTable(check), rows),
    section("From Pending to Running", provisioningTable(check), rows),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function reasonsText(reasons: readonly string[], rows?: number): string {
  const { shown, more } = capped(reasons, rows);
  return [...shown.map(escapeMarkdown), more]
    .filter(Boolean)
    .map((line) => `- ${line}`)
    .join("\n");
}

function leftText({ leftovers }: AutoscalingCheck): string {
  if (leftovers === null) return "Left behind: not looked for, the environment has not been taken down.";
  return `Left behind: ${leftovers.length === 0 ? "nothing" : count(leftovers.length, "thing")}.`;
}

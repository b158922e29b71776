import { columns, count } from "../../kernel/text.ts";
import { plainText } from "../../report/markup.ts";
import { grouped, shareText, spanText } from "../../report/simulation/amounts.ts";
import type { RateResults } from "../../report/simulation/results.ts";
import { rejectedText } from "./rejected-text.ts";

/** Results on request rates as a table, 80 characters wide at most. */
export function ratesText({ trace, serving, policies }: RateResults): string {
  const { name, series, bins, stepSeconds, rejected } = trace;
  const head = [
    [plainText(name), `${series} series`, `${grouped(bins)} bins of ${spanText(stepSeconds)}`].join(" · "),
    `each series scaled to a mean of ${count(serving.meanNodes, "node")} · nodes are there ${spanText(serving.leadSeconds)} after the decision · the first ${shareText(serving.warmUp)} not scored`,
    ...rejectedText(rejected),
  ].join("\n");
  const rows = policies.map((row) => [
    row.policy === "aura" ? ">" : "",
    row.policy,
    shareText(row.unservedShare),
    shareText(row.shortBins),
    shareText(row.overProvision),
    row.coverage95 === undefined ? "-" : shareText(row.coverage95),
    grouped(row.nodeHours),
  ]);
  const table = columns(
    [["", "POLICY", "UNSERVED", "SHORT BINS", "TOO MANY", "95 % BOUND HELD", "NODE-HOURS"], ...rows],
    [2, 3, 4, 5, 6],
  );
  const legend =
    "UNSERVED: demand that no node was there for, TOO MANY: nodes beyond demand; both over demand\n> Aura, which keeps to a budget of 1 % unserved";
  return [head, table, legend].join("\n\n");
}

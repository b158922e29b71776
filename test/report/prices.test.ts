import { describe, expect, it } from "vitest";

import { renderHtml } from "../../src/report/html.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { summaryText } from "../../src/report/text.ts";
import type { Observation, PriceSource, TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { summarize } from "../../src/timeline/summarize.ts";
import { parseSummary } from "../../src/timeline/summary-schema.ts";
import { at } from "../timeline/sample.ts";

const live: PriceSource = { of: "spot", source: "spot price history", asOf: "2025-12-31T23:10:00Z", live: true };
const old: PriceSource = {
  of: "on-demand",
  source: "AWS price list",
  asOf: "2025-11-01T08:00:00Z",
  live: true,
  note: "the credentials do not allow pricing:GetProducts",
};

const head: Observation = {
  type: "run",
  run: "r",
  environment: "dev",
  target: "aws",
  region: "us-east-1",
  version: "0.1.0",
  speed: 1,
  simulated: [],
};
const node = (name: string, state: "launched" | "gone", usdPerHour?: number): Observation => ({
  type: "node",
  name,
  state,
  instanceType: "g5.xlarge",
  capacityType: "spot",
  zone: "us-east-1a",
  ...(usdPerHour !== undefined && { usdPerHour }),
});

/** An hour on AWS with one node that costs 0.4 USD an hour and, if wanted, one of which nobody knows. */
function hour(more: readonly TimelineEntry[] = []): TimelineEntry[] {
  return [
    at(0, head),
    at(0, { type: "phase", phase: "run", state: "started" }),
    at(0, node("known", "launched", 0.4)),
    ...more,
    at(3600, node("known", "gone", 0.4)),
    at(3600, { type: "phase", phase: "run", state: "succeeded" }),
  ];
}
const unknown = [at(0, node("mystery", "launched")), at(3600, node("mystery", "gone"))];
const prices = (...sources: readonly PriceSource[]) => at(0, { type: "prices", sources });
const texts = (entries: readonly TimelineEntry[]) => {
  const model = timelineModel(entries);
  return { page: renderHtml(model), markdown: renderMarkdown(model), text: summaryText(summarize(entries)) };
};

describe("a node whose price nobody knows", () => {
  it("costs null in the summary", () => {
    const { nodes, usd } = parseSummary(summarize(hour(unknown)));
    expect(nodes.map(({ usd, usdPerHour }) => [usd, usdPerHour])).toEqual([
      [0.4, 0.4],
      [null, null],
    ]);
    expect(usd).toBe(0.4);
  });

  it.each(["page", "markdown", "text"] as const)("is told of in the %s", (form) => {
    const told = texts(hour(unknown))[form];
    expect(told).toContain("price unknown");
    expect(told).toMatch(/at least \$0\.40/);
    expect(texts(hour())[form]).not.toMatch(/price unknown|at least \$/);
  });
});

describe("the sources of prices", () => {
  it.each(["page", "markdown"] as const)("stand in the %s with their date", (form) => {
    const told = texts(hour([prices(live)]))[form];
    expect(told).toContain("spot: spot price history, asked 2025-12-31 23:10 UTC");
    expect(told).not.toContain("days old");
  });

  it("name their age above thirty days", () => {
    const { markdown, text } = texts(hour([prices(old)]));
    expect(markdown).toContain("asked 2025-11-01 08:00 UTC (60 days old); the credentials do not allow");
    expect(text).toContain("prices   on-demand: AWS price list, asked 2025-11-01 08:00 UTC (60 days old)");
  });

  it("belong to a run that has one time", () => {
    expect(texts(hour([prices(live)])).markdown).toContain("| Phase | Result | Took |");
  });

  it("are those of the latest command", () => {
    const { prices: used } = summarize(hour([prices(old), at(10, { type: "prices", sources: [live] })]));
    expect(used).toEqual([{ ...live, ageDays: 0, note: null }]);
  });
});

describe("metrics of the cluster", () => {
  const metrics = (created: number): Observation => ({
    type: "metrics",
    source: "Karpenter",
    path: "metrics/karpenter.prom",
    bytes: 900,
    figures: [
      { name: "NodeClaims created", value: created },
      { name: "pod startup, median", value: 92.416, unit: "s" },
    ],
  });

  it("stand in page and Markdown", () => {
    const { page, markdown } = texts(hour([at(20, metrics(3))]));
    expect(page).toContain('<a href="./metrics/karpenter.prom">');
    expect(markdown).toContain("| Karpenter | pod startup, median | 92.42 s |");
  });

  it("are told once, the latest", () => {
    const { metrics: told } = timelineModel(hour([at(20, metrics(3)), at(30, metrics(4))]));
    expect(told.map(({ figures }) => figures[0]?.value)).toEqual([4]);
  });

  it("have no section without any", () => {
    expect(texts(hour()).page).not.toContain("Metrics of the cluster");
  });
});

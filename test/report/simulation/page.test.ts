import { describe, expect, test } from "vitest";

import { costWaitPlot, offThePlot } from "../../../src/report/simulation/cost-wait-plot.ts";
import { simulationPage } from "../../../src/report/simulation/page.ts";
import { parseResults, simulationJsonSchema } from "../../../src/report/simulation/results-schema.ts";
import { pictureStyle } from "../../../src/report/simulation/style.ts";
import { row, sampleResults } from "./sample-results.ts";

describe("the page of a simulation", () => {
  const html = simulationPage(sampleResults, "0.0.0-test");

  test("asks nobody for anything", () => {
    expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:/);
    expect(html).toContain("default-src &#39;none&#39;");
  });

  test("shows names as text only", () => {
    expect(html).toContain("&lt;b&gt;a tenant with quite a long name&lt;/b&gt;");
    expect(html).not.toContain("<b>a tenant");
  });

  test("has each policy, tenant, assumption and rejected row", () => {
    for (const { policy } of sampleResults.policies) expect(html).toContain(policy);
    expect(html).toContain("EC2 has no P100");
    expect(html).toContain("2 rows not used: duration_s is negative, first on line 17");
    expect(html).toContain("1 job left out: no node has 1000000000 GPUs");
  });

  test("names what lies too far to be shown", () => {
    expect(offThePlot(sampleResults.policies).map(({ policy }) => policy)).toEqual(["always-on"]);
    expect(html).toContain("Too far right to be shown: always-on (11,614,592 GPU-hours)");
  });

  test("stands without policies, tenants and sweep", () => {
    const bare = { ...sampleResults, policies: [row({ wasteSeconds: 0, waitMeanSeconds: 0 })], tenants: [], sweep: [] };
    const page = simulationPage(bare, "0.0.0-test");
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).not.toContain('id="sweep"');
  });
});

test("a picture that stands alone has its own style", () => {
  const svg = costWaitPlot(sampleResults.policies, pictureStyle).markup;
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).toContain("--running: #0072b2");
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test("the schema takes results and refuses others", () => {
  expect(parseResults(JSON.parse(JSON.stringify(sampleResults)))).toEqual(sampleResults);
  expect(() => parseResults({ ...sampleResults, kind: "other" })).toThrow(/"jobs" | "rates"/);
  expect(() => parseResults({ ...sampleResults, policies: [{ ...row({}), coldShare: 2 }] })).toThrow(/1/);
});

test("the schema keeps the fields that the issue names", () => {
  const schema = JSON.stringify(simulationJsonSchema());
  const names =
    "policy jobs completed busyGpuHours idleGpuHours bootGpuHours costUsd waitMeanSeconds waitP50Seconds waitP95Seconds coldShare wasteSeconds ratioToOptimum seed seconds";
  for (const name of names.split(" ")) expect(schema).toContain(`"${name}"`);
});

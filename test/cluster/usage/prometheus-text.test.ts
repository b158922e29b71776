import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { metricsText, parseMetrics } from "../../../src/cluster/usage/prometheus-text.ts";

describe("a page of metrics", () => {
  it.each<[string, string, unknown]>([
    ["a plain value", "up 1", { name: "up", labels: {}, value: 1 }],
    ["labels", 'a{b="c",d="e"} 2.5', { name: "a", labels: { b: "c", d: "e" }, value: 2.5 }],
    ["a trailing comma", 'a{b="c",} 2', { name: "a", labels: { b: "c" }, value: 2 }],
    ["spaces", 'a { b = "c" }  2 ', { name: "a", labels: { b: "c" }, value: 2 }],
    ["a time", "a 3 1395066363000", { name: "a", labels: {}, value: 3 }],
    ["an exponent", "a 1.458255915e9", { name: "a", labels: {}, value: 1458255915 }],
    ["infinity", "a +Inf", { name: "a", labels: {}, value: Number.POSITIVE_INFINITY }],
    ["less than all", "a -Inf", { name: "a", labels: {}, value: Number.NEGATIVE_INFINITY }],
    ["no number", 'a{quantile="0.5"} NaN', { name: "a", labels: { quantile: "0.5" }, value: Number.NaN }],
    ["escapes", String.raw`a{p="C:\\DIR\"x\"\n"} 1`, { name: "a", labels: { p: 'C:\\DIR"x"\n' }, value: 1 }],
    ["braces in text", 'a{b="{x} y"} 1', { name: "a", labels: { b: "{x} y" }, value: 1 }],
  ])("reads %s", (_, line, sample) => {
    expect(parseMetrics(`${line}\n`).flatMap(({ samples }) => samples)).toEqual([sample]);
  });

  it.each(["", "# a remark", "a", "a x", '{b="c"} 1', 'a{b="c} 1', "<html>404</html>"])("leaves out %j", (line) => {
    expect(parseMetrics(line).flatMap(({ samples }) => samples)).toEqual([]);
  });

  it("puts the parts of a summary together", () => {
    const page = [
      "# HELP wait_seconds How long.",
      "# TYPE wait_seconds summary",
      'wait_seconds{quantile="0.5"} 4',
      "wait_seconds_sum 12",
      "wait_seconds_count 3",
      "# TYPE disk_count gauge",
      "disk_count 2",
      "",
    ].join("\n");
    const found = parseMetrics(page).map(({ name, type, help, samples }) => [name, type, help, samples.length]);
    expect(found).toEqual([
      ["wait_seconds", "summary", "How long.", 3],
      ["disk_count", "gauge", "", 1],
    ]);
  });

  it("comes back as it was written", () => {
    const sample = fc.record({
      labels: fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,5}$/), fc.string()),
      value: fc.double(),
    });
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const named = samples.map((one) => ({ name: "m", ...one, labels: { ...one.labels } }));
        const text = metricsText([{ name: "m", type: "gauge", help: "", samples: named }]);
        expect(parseMetrics(text)[0]?.samples).toEqual(named.map((one) => ({ ...one, value: one.value + 0 })));
      }),
      { seed: 11 },
    );
  });
});

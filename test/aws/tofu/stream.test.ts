import { describe, expect, test } from "vitest";

import { resourceCounter } from "../../../src/aws/tofu/resource-progress.ts";
import { type EngineEvent, readLine } from "../../../src/aws/tofu/stream.ts";
import { bothEngines, recorded } from "./recorded.ts";

const events = (name: string): EngineEvent[] =>
  recorded(name)
    .split("\n")
    .flatMap((line) => readLine(line) ?? []);

describe.each(bothEngines)("what %s says", (name) => {
  test("is the story of each resource", () => {
    const told = events(`${name}-apply.jsonl`)
      .filter((event) => event.type === "resource")
      .map(({ address, action, state, seconds }) => [address, action, state, seconds].join(" ").trim());
    expect(told).toEqual([
      "terraform_data.a create started",
      "terraform_data.a create succeeded 1",
      'terraform_data.b["u"] create started',
      'terraform_data.b["u"] create succeeded 0',
      'terraform_data.b["v"] create started',
      'terraform_data.b["v"] create succeeded 0',
      "terraform_data.bad create started",
      "terraform_data.bad create failed 0",
    ]);
  });

  test("counts up to what was planned", () => {
    const counted = resourceCounter();
    const seen = events(`${name}-apply.jsonl`).flatMap((event) => counted(event) ?? []);
    expect(seen.map(({ done, of }) => `${done}/${of}`)).toEqual([
      "0/4",
      "1/4",
      "1/4",
      "2/4",
      "2/4",
      "3/4",
      "3/4",
      "3/4",
    ]);
  });

  test("names the resource of an error", () => {
    expect(events(`${name}-apply.jsonl`).filter(({ type }) => type === "diagnostic")).toEqual([
      {
        type: "diagnostic",
        diagnostic: {
          severity: "error",
          address: "terraform_data.bad",
          summary: "local-exec provisioner error",
          detail: expect.stringContaining("api error Throttling: Rate exceeded"),
        },
      },
    ]);
  });

  test("tells that it waits for a lock", () => {
    expect(events(`${name}-lock.jsonl`).map(({ type }) => type)).toEqual(["lock", "diagnostic"]);
  });
});

test("lines that are no JSON are kept", () => {
  expect(events("terraform-init.jsonl").map((event) => event.type === "text" && event.text)).toEqual([
    expect.stringContaining('Successfully configured the backend "local"!'),
    expect.stringContaining("use this backend unless the backend configuration changes."),
  ]);
});

test.each([
  ["", undefined],
  ["   ", undefined],
  ["panic: runtime error", { type: "text", text: "panic: runtime error" }],
  ['{"type":"apply_st', { type: "text", text: '{"type":"apply_st' }],
  ["null", { type: "text", text: "null" }],
  ['"text"', { type: "text", text: '"text"' }],
  ["[]", undefined],
  ['{"type":"something_new","hook":{}}', undefined],
  ['{"type":"apply_start"}', undefined],
  ['{"type":"planned_change","change":{"resource":{"addr":"a.b","resource_type":"a"},"action":"noop"}}', undefined],
  ['{"type":"apply_start","hook":{"resource":{"addr":"data.a.b","resource_type":"a"},"action":"read"}}', undefined],
  ['{"type":"diagnostic"}', undefined],
  [
    '{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"old"}}',
    { type: "diagnostic", diagnostic: { severity: "warning", summary: "old", detail: "" } },
  ],
])("the line %j is read as %j", (line, event) => {
  expect(readLine(line)).toEqual(event);
});

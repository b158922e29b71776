import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { environmentJsonSchema } from "../../src/spec/json-schema.ts";
import { loadEnvironment } from "../../src/spec/load.ts";
import { rejections } from "./accepts.ts";
import { known } from "./known.ts";

const schema = environmentJsonSchema(known) as Record<string, unknown>;
const rejected = (text: string) => rejections(schema, parse(text));

describe("the JSON Schema of aura.yaml", () => {
  it("has a versioned id and a title", () => {
    expect(schema).toMatchObject({
      $schema: "http://json-schema.org/draft-07/schema#",
      $id: "urn:aura:schema:environment:v1",
      title: "Aura environment, version 1",
      required: ["name"],
      additionalProperties: false,
    });
  });

  it("accepts the committed aura.yaml", () => {
    expect(rejected(readFileSync("aura.yaml", "utf8"))).toEqual([]);
  });

  it.each([
    ["ttl: 1h", "$.name"],
    ["name: dev\nbuget: 5", "$.buget"],
    ["name: dev\npools: { cpu: { holds: 1s } }", "$.pools.cpu.holds"],
    ["name: dev\npools: { cpu: { limits: { gpu: 1 } } }", "$.pools.cpu.limits.gpu"],
    ["name: dev\nrehearsal: { sped: 1 }", "$.rehearsal.sped"],
    ["name: dev\nregion: mars-1", "$.region"],
    ["name: dev\npools: { gpu: { families: [g55] } }", "$.pools.gpu.families[0]"],
    ["name: dev\nttl: 4", "$.ttl"],
    ["name: dev\npools: {}", "$.pools"],
    ["name: dev\nbudget: 0", "$.budget"],
    ["name: dev\nrehearsal: { speed: 0 }", "$.rehearsal.speed"],
  ])("rejects %j", (text, path) => expect(rejected(text)).toContain(path));

  it("gives defaults that load the same", () => {
    const defaults = Object.entries(schema["properties"] as Record<string, { default?: unknown }>).flatMap(
      ([key, field]) => (field.default === undefined ? [] : [[key, field.default]]),
    );
    expect(defaults.map(([key]) => key)).toEqual([
      "version",
      "region",
      "pools",
      "gpu",
      "ttl",
      "timeout",
      "jobs",
      "network",
      "cluster",
      "owner",
      "tags",
      "target",
      "aws",
      "kubernetes",
      "rehearsal",
    ]);
    const load = (text: string) => loadEnvironment({ path: "/x/aura.yaml", text, variables: {}, known });
    const spelledOut = JSON.stringify({ name: "dev", ...Object.fromEntries(defaults) });
    expect(load(spelledOut)).toEqual(load("name: dev"));
  });

  it("describes every field", () => {
    const undescribed = fieldsOf(schema).filter(([, field]) => typeof field["description"] !== "string");
    expect(undescribed.map(([path]) => path)).toEqual([]);
    expect(fieldsOf(schema).length).toBeGreaterThan(20);
  });
});

function fieldsOf(part: Record<string, unknown>, path = ""): [string, Record<string, unknown>][] {
  const properties = Object.entries((part["properties"] ?? {}) as Record<string, Record<string, unknown>>);
  const own = properties.flatMap(([key, field]): [string, Record<string, unknown>][] => [
    [`${path}.${key}`, field],
    ...fieldsOf(field, `${path}.${key}`),
  ]);
  const rest = part["additionalProperties"];
  return typeof rest === "object" && rest !== null
    ? [...own, ...fieldsOf(rest as Record<string, unknown>, `${path}.*`)]
    : own;
}

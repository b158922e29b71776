import { type ConversionConfig, toJsonSchema } from "@valibot/to-json-schema";

import type { Known } from "./known.ts";
import { environmentSchema } from "./schema.ts";

// checks without a counterpart in JSON Schema; the pattern before each says most of it
const conversion: ConversionConfig = {
  target: "draft-07",
  typeMode: "input",
  ignoreActions: ["check"],
  overrideSchema: ({ valibotSchema, jsonSchema }) =>
    // a rest of `never`, as JSON Schema and editors prefer to read it
    valibotSchema.type === "object_with_rest" ? { ...jsonSchema, additionalProperties: false } : undefined,
};

/** The JSON Schema (draft 7, as editors read it) of `aura.yaml`, with the regions and families known now. */
export function environmentJsonSchema(known: Known): object {
  return {
    $id: "urn:aura:schema:environment:v1",
    title: "Aura environment, version 1",
    description:
      "What aura.yaml describes: an environment on AWS, its pools of nodes, its jobs and how it is rehearsed.",
    ...toJsonSchema(environmentSchema(known), conversion),
  };
}

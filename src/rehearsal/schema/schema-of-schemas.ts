import type { Schema } from "./schema.ts";

const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const number: Schema = { type: "number" };
const integer: Schema = { type: "integer" };
const any: Schema = {};
const list = (items: Schema): Schema => ({ type: "array", items });
const rule: Schema = {
  type: "object",
  properties: {
    rule: text,
    message: text,
    messageExpression: text,
    reason: text,
    fieldPath: text,
    optionalOldSelf: flag,
  },
};
const parts: Record<string, Schema> = {
  ...{ type: text, description: text, title: text, format: text, pattern: text },
  ...{ default: any, example: any, enum: list(any), required: list(text), nullable: flag, uniqueItems: flag },
  ...{ minimum: number, maximum: number, exclusiveMinimum: flag, exclusiveMaximum: flag, multipleOf: number },
  ...{ minLength: integer, maxLength: integer, minItems: integer, maxItems: integer },
  ...{ minProperties: integer, maxProperties: integer },
  "x-kubernetes-preserve-unknown-fields": flag,
  "x-kubernetes-embedded-resource": flag,
  "x-kubernetes-int-or-string": flag,
  "x-kubernetes-list-type": { ...text, enum: ["atomic", "set", "map"] },
  "x-kubernetes-list-map-keys": list(text),
  "x-kubernetes-map-type": { ...text, enum: ["atomic", "granular"] },
  "x-kubernetes-validations": list(rule),
};

/** The shape of what a CustomResourceDefinition says of its objects: its types are not among the built-in ones. */
export const schemaOfSchemas: Schema = { type: "object", properties: parts };
const several: Schema = { type: "object", additionalProperties: schemaOfSchemas };
Object.assign(parts, {
  ...{ properties: several, items: schemaOfSchemas, not: schemaOfSchemas },
  ...{ allOf: list(schemaOfSchemas), anyOf: list(schemaOfSchemas), oneOf: list(schemaOfSchemas) },
  additionalProperties: { anyOf: [flag, schemaOfSchemas] },
});

/**
 * A structural schema as OpenAPI v3 and CustomResourceDefinitions write it, as plain JSON: of built-in kinds, of
 * Karpenter's and of the users'. There are no `$ref`s: a part used twice is the same object.
 */
export interface Schema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of an object with any keys: the schema of their values. */
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-validations"?: readonly SchemaRule[];
}

/** A rule in CEL on `self` (and, for changes, `oldSelf`), as `x-kubernetes-validations` has it. */
export interface SchemaRule {
  readonly rule: string;
  readonly message?: string;
  /** CEL that gives the message. */
  readonly messageExpression?: string;
  /** Default FieldValueInvalid. */
  readonly reason?: "FieldValueInvalid" | "FieldValueForbidden" | "FieldValueRequired" | "FieldValueDuplicate";
  /** Where the failure is shown, below the node with the rule, such as `.spec.x`. */
  readonly fieldPath?: string;
  /** `oldSelf` is an optional value, and the rule is evaluated for new values too. */
  readonly optionalOldSelf?: boolean;
}

/** The schema of a field of an object, or of a value in a map. */
export function partSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** How server-side apply merges a list: by these keys of its items, as a set (no keys), or as a whole (undefined). */
export function applyKeys(schema: Schema | undefined): readonly string[] | undefined {
  const type = schema?.["x-kubernetes-list-type"];
  if (type === "map") return schema?.["x-kubernetes-list-map-keys"] ?? [];
  return type === "set" ? [] : undefined;
}

/** The same for a strategic merge patch. */
export function patchKeys(schema: Schema | undefined): readonly string[] | undefined {
  const key = schema?.["x-kubernetes-patch-merge-key"];
  if (key !== undefined) return [key];
  return schema?.["x-kubernetes-patch-strategy"]?.split(",").includes("merge") ? [] : undefined;
}

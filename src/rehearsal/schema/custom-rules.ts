import type { AnyObject } from "../../cluster/objects.ts";
import type { Kind } from "../core/kinds.ts";
import type { Problem } from "../core/status-errors.ts";
import { declaredSchema } from "./crd.ts";
import { applyDefaults } from "./schema-defaults.ts";
import { checkRules } from "./schema-rules.ts";
import { checkShape } from "./schema-shape.ts";

const unchecked: Problem = {
  field: "<nil>",
  reason: "FieldValueInvalid",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
};
const blocking: readonly Problem["reason"][] = [
  "FieldValueRequired",
  "FieldValueNotSupported",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
];

/** Rules of a kind that a CRD defines: its defaults, its shape, and where that lets them be evaluated its CEL rules. */
export function customRules(kind: Kind) {
  const schema = declaredSchema(kind);
  return {
    prepare: (object: AnyObject) => applyDefaults(schema, object),
    check(object: AnyObject, old: AnyObject | undefined): Problem[] {
      if (schema === undefined) return [];
      const problems = checkShape(schema, object, old, "");
      if (!problems.some(({ reason }) => blocking.includes(reason)))
        return [...problems, ...checkRules(schema, object, old)];
      return [...problems, unchecked];
    },
  };
}

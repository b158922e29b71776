import type { AnyObject } from "../../cluster/objects.ts";
import { applyDefaults, checkSchema, prune, type Schema } from "./coded-schema.ts";
import { copyJson, isObject } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { nodeClassSchema } from "./nodeclass-schema.ts";
import { nodeClaimSchema, nodePoolSchema } from "./nodepool-schema.ts";
import { type Problem, problem } from "./status-errors.ts";

const specs: Record<string, Schema> = {
  NodePool: nodePoolSchema,
  NodeClaim: nodeClaimSchema,
  EC2NodeClass: nodeClassSchema,
};
const known = ["apiVersion", "kind", "metadata", "spec", "status"];

/** Rules of a kind that a CRD defines: unknown fields go, defaults come, then its schema is checked. */
export function schemaRules(spec: Schema) {
  return {
    prepare(object: AnyObject): void {
      for (const field of Object.keys(object)) if (!known.includes(field)) delete object[field];
      prune(spec, object["spec"], "spec");
      applyDefaults({ type: "object", fields: { spec } }, object);
    },
    check(object: AnyObject, old: AnyObject | undefined): Problem[] {
      if (object["spec"] === undefined) return [problem.required("spec")];
      return checkSchema(spec, object["spec"], old?.["spec"], "spec");
    },
  };
}

/** Fields that a strict write refuses (`fieldValidation=Strict`); only custom kinds know all their fields here. */
export function unknownFields(kind: Kind, object: AnyObject): string[] {
  const spec = specs[kind.kind];
  if (!kind.custom || spec === undefined) return [];
  const outside = Object.keys(object).filter((field) => !known.includes(field));
  return [...outside, ...prune(spec, copyJson(object["spec"]), "spec")];
}

const schemaBased = Object.fromEntries(Object.entries(specs).map(([kind, spec]) => [kind, schemaRules(spec)]));

export const customRules = { ...schemaBased, NodePool: { ...schemaRules(nodePoolSchema), prepareStatus: countNodes } };

function countNodes({ status }: AnyObject): void {
  if (isObject(status)) status["nodes"] ??= 0;
}

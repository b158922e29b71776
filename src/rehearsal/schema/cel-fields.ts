import type { ASTNode } from "@marcbachmann/cel-js";

import { macros } from "./cel-cost.ts";
import { fieldName } from "./cel-values.ts";
import type { Schema } from "./schema.ts";

type Scope = ReadonlyMap<string, Schema | undefined>;

/** The first field that a rule asks for although its schema does not have it. What is not known is let pass. */
export function undeclaredField(ast: ASTNode, schema: Schema): string | undefined {
  const found: string[] = [];
  visit(
    ast,
    new Map([
      ["self", schema],
      ["oldSelf", schema],
    ]),
    found,
  );
  return found[0];
}

/** The schema of a node's value, as far as it is known. */
function visit(node: ASTNode, scope: Scope, found: string[]): Schema | undefined {
  switch (node.op) {
    case "id":
      return scope.get(node.args);
    case ".":
      return field(visit(node.args[0], scope, found), node.args[1], found);
    case "[]": {
      const on = visit(node.args[0], scope, found);
      visit(node.args[1], scope, found);
      return on?.items ?? (typeof on?.additionalProperties === "object" ? on.additionalProperties : undefined);
    }
    case "rcall":
      return visitCall(node.args, scope, found);
    default:
      for (const part of partsOf(node.args)) visit(part, scope, found);
      return undefined;
  }
}

function partsOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(partsOf);
  return typeof args === "object" && args !== null && "op" in args ? [args as ASTNode] : [];
}

function visitCall(
  [name, receiver, args]: readonly [string, ASTNode, ASTNode[]],
  scope: Scope,
  found: string[],
): Schema | undefined {
  const on = visit(receiver, scope, found);
  const [first, ...rest] = args;
  const takesVariable = first?.op === "id" && (name === "bind" || macros.includes(name));
  if (!takesVariable) {
    for (const part of args) visit(part, scope, found);
    return undefined;
  }
  const value = name === "bind" && rest[0] ? visit(rest[0], scope, found) : on?.items;
  const inner = new Map([...scope, [first.args, value] as const]);
  for (const part of rest) visit(part, inner, found);
  return name === "filter" ? on : undefined;
}

function field(schema: Schema | undefined, name: string, found: string[]): Schema | undefined {
  const { properties, additionalProperties, type } = schema ?? {};
  if (typeof additionalProperties === "object") return additionalProperties;
  const own = Object.entries(properties ?? {}).find(([key]) => fieldName(key) === name)?.[1];
  const isOpen = schema === undefined || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const isOfAll = ["apiVersion", "kind", "metadata"].includes(name) || schema?.["x-kubernetes-embedded-resource"];
  if (own === undefined && !isOpen && !isOfAll && type === "object") found.push(name);
  return own;
}

import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "./context.ts";
import type { Kind } from "./kinds.ts";
import type { Problem } from "./status-errors.ts";

/** What a kind adds to the rules of every object. */
export interface KindRules {
  /** Fills in defaults, in place; `old` is there for an update. */
  readonly prepare?: (object: AnyObject, context: CoreContext, old?: AnyObject) => void;
  /** All that is wrong with an object, or with its change from `old`. */
  readonly check?: (object: AnyObject, old: AnyObject | undefined) => readonly Problem[];
}

const rules: Record<string, KindRules> = {
  Namespace: { prepare: prepareNamespace },
};

export function rulesOf(kind: Kind): KindRules {
  return rules[kind.kind] ?? {};
}

function prepareNamespace(namespace: AnyObject, _: CoreContext, old?: AnyObject): void {
  const { metadata } = namespace;
  metadata.labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name ?? "" };
  if (old !== undefined) return;
  namespace["spec"] = { finalizers: ["kubernetes"] };
  namespace["status"] = { phase: "Active" };
}

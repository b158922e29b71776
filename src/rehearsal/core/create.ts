import { ApiError } from "../../cluster/api.ts";
import type { AnyObject, KubeObject, ObjectMeta } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { checkObject, rulesOf } from "../rules/rules.ts";
import { decoded } from "../schema/decode.ts";
import { bind, bindingTarget } from "./binding.ts";
import type { CoreContext } from "./context.ts";
import type { WriteOptions } from "./core.ts";
import { freeze } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { recordUpdate } from "./managed-fields.ts";
import { checkMetadata, tidyMetadata } from "./metadata.ts";
import { alreadyExists, badRequest, forbidden, invalid, notFound } from "./status-errors.ts";
import { keyOf } from "./store.ts";

/** A new object: named, defaulted, checked, written. */
export function createObject(
  context: CoreContext,
  object: KubeObject,
  options: WriteOptions,
  record: typeof recordUpdate = recordUpdate,
): AnyObject {
  if (options.subresource === "binding") return bindTo(context, object, options);
  const kind = context.kinds.of(object);
  if (kind.leftOut !== undefined) throw new ApiError(405, "MethodNotAllowed", kind.leftOut, {});
  // etcd says it, so it comes without a reason
  if (object.metadata?.resourceVersion)
    throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
  const next = newObject(context, kind, decoded(kind, object, options));
  requireNamespace(context, kind, next.metadata);
  tidyMetadata(next.metadata);
  const rules = rulesOf(kind);
  rules.prepare?.(next, context);
  const problems = [...checkMetadata(kind, next.metadata), ...checkObject(rules, next)];
  if (problems.length > 0) throw invalid(kind, next.metadata.name ?? "", problems);
  for (const text of rules.warnings?.(next) ?? []) options.warn?.(text);
  const key = keyOf(kind, next.metadata);
  if (context.store.get(kind, key) !== undefined) throw alreadyExists(kind, next.metadata.name ?? "");
  record(context, kind, undefined, next, options);
  return options.dryRun ? freeze(next) : context.store.put(kind, key, next);
}

/** With the metadata that the server gives; without the status that only a status write may set. */
function newObject(context: CoreContext, kind: Kind, next: AnyObject): AnyObject {
  const { labels, annotations, finalizers, ownerReferences, generateName } = next.metadata ?? {};
  const name = next.metadata?.name || (generateName && generatedName(context, generateName));
  next.metadata = {
    ...(name !== undefined && { name }),
    ...(generateName && { generateName }),
    ...(kind.namespaced && { namespace: next.metadata?.namespace ?? "default" }),
    uid: context.random.uuid(),
    ...(kind.generation && { generation: 1 }),
    creationTimestamp: timestamp(context.clock.now()),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReferences && { ownerReferences }),
    ...(finalizers && { finalizers }),
  };
  if (kind.status && kind.kind !== "Node" && kind.kind !== "Namespace") delete next["status"];
  return next;
}

/** A suffix of five characters, the name cut to fit 63, as apiserver's SimpleNameGenerator. */
function generatedName({ random }: CoreContext, prefix: string): string {
  return `${prefix.slice(0, 58)}${random.suffix(5)}`;
}

function requireNamespace(context: CoreContext, kind: Kind, { name = "", namespace }: ObjectMeta): void {
  if (!kind.namespaced) return;
  const namespaces = context.kinds.of({ apiVersion: "v1", kind: "Namespace" });
  const found = context.store.get(namespaces, namespace ?? "");
  if (found === undefined) throw notFound(namespaces, namespace ?? "");
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    {
      reason: "NamespaceTerminating",
      message: `namespace ${namespace} is being terminated`,
      field: "metadata.namespace",
    },
  ]);
}

function bindTo(context: CoreContext, binding: KubeObject, options: WriteOptions): AnyObject {
  const pods = context.kinds.of({ apiVersion: "v1", kind: "Pod" });
  const { name, namespace = "default" } = binding.metadata;
  if (name === undefined) throw badRequest("a binding has the name of its pod");
  const pod = context.store.get(pods, `${namespace}/${name}`);
  if (pod === undefined) throw notFound(pods, name);
  return bind(context, pod, bindingTarget(binding), options);
}

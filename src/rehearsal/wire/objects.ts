import { ApiError, type ObjectRef } from "../../cluster/api.ts";
import type { AnyObject, KubeObject } from "../../cluster/objects.ts";
import type { PatchType } from "../core/core.ts";
import { isObject, type JsonObject, objectOr } from "../core/json.ts";
import { jsonText } from "../core/json-text.ts";
import type { Kind, KindRegistry } from "../core/kinds.ts";
import { scaleOf } from "../core/scale.ts";
import { badRequest, invalid, problem } from "../core/status-errors.ts";
import type { Answer } from "./answer.ts";
import { mediaType, objectBody, unsupported } from "./body.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { queryOf } from "./list-options.ts";
import { shapeOf } from "./shape.ts";
import { act } from "./subresources.ts";
import { deleteOptions, writeOptions } from "./write-options.ts";

/** An object that is shown in the shape that the client asked for, or the text of something else. */
type Outcome = { readonly status?: number } & ({ readonly object: KubeObject } | { readonly text: string });

/** Reads of one object, and all writes. */
export function answerObjects(served: Served, call: Call, resource: Resource): Answer {
  const isWrite = call.request.method !== "GET";
  if (isWrite) served.outbox.requireKept();
  const { status = 200, ...outcome } = handle(served, call, resource);
  const text = "text" in outcome ? outcome.text : shownText(served, call, resource, outcome.object);
  return { status, text, isWrite };
}

/** A Scale has only one shape. */
function shownText(served: Served, call: Call, { kind, subresource }: Resource, object: KubeObject): string {
  return subresource === "scale" ? jsonText(object) : shapeOf(served, call, kind).object(object);
}

const verbs: Record<string, (served: Served, call: Call, resource: Resource) => Outcome> = {
  GET: read,
  POST: create,
  PUT: replace,
  PATCH: patch,
  DELETE: remove,
};

function handle(served: Served, call: Call, resource: Resource): Outcome {
  const { name, subresource } = resource;
  const { method = "" } = call.request;
  const verb = verbs[method];
  if (method === "DELETE" && name === undefined) return removeAll(served, call, resource);
  if (method === "POST" && (subresource === "binding" || subresource === "eviction")) {
    return { status: 201, text: JSON.stringify(act(served, call, resource)) };
  }
  const fits =
    method === "POST" ? name === undefined : name !== undefined && !["binding", "eviction"].includes(subresource ?? "");
  if (verb === undefined || !fits) throw methodNotAllowed();
  return verb(served, call, resource);
}

function read({ core }: Served, _: Call, { kind, ...resource }: Resource): Outcome {
  const object = core.read<AnyObject>(refOf({ kind, ...resource }));
  return { object: resource.subresource === "scale" ? scaleOf(kind, object) : object };
}

function create(served: Served, call: Call, resource: Resource): Outcome {
  if (resource.kind.namespaced && resource.namespace === undefined) throw methodNotAllowed();
  const object = objectOf(served, call, resource);
  return { status: 201, object: served.core.create(object, writeOptions(call)) };
}

function replace(served: Served, call: Call, resource: Resource): Outcome {
  const { kind, name, subresource } = resource;
  // A Scale has one field that can be written: to replace it is to merge it
  if (subresource === "scale") return merge(served, call, resource, "merge");
  const object = objectOf(served, call, resource);
  checkName(object, resource);
  if (kind.custom && !object.metadata.resourceVersion) {
    throw invalid(kind, name ?? "", [
      problem.invalid("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  return { object: served.core.replace(object, writeOptions(call, subresource)) };
}

const patchTypes: Record<string, PatchType> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

function patch(served: Served, call: Call, resource: Resource): Outcome {
  const contentType = mediaType(call.request);
  if (contentType === "application/apply-patch+yaml") return apply(served, call, resource);
  const type = patchTypes[contentType];
  if (type === undefined) throw unsupported(contentType, "PATCH");
  return merge(served, call, resource, type);
}

function merge(served: Served, call: Call, resource: Resource, type: PatchType): Outcome {
  const options = { ...writeOptions(call, resource.subresource), type };
  return { object: served.core.patch(refOf(resource), call.body, options) };
}

function apply(served: Served, call: Call, resource: Resource): Outcome {
  const { core } = served;
  const { apiVersion, kind } = resource.kind;
  const isScale = resource.subresource === "scale" && isObject(call.body);
  const named = isScale ? { ...call, body: { ...(call.body as object), apiVersion, kind } } : call;
  const object = objectOf(served, named, resource);
  checkName(object, resource);
  const existed = core.find(refOf(resource)) !== undefined;
  const fieldManager = call.url.searchParams.get("fieldManager") ?? "";
  const options = { ...writeOptions(call, resource.subresource), fieldManager, force: isTrue(call.url, "force") };
  return { object: core.apply(object, options), status: existed ? 200 : 201 };
}

function remove(served: Served, call: Call, resource: Resource): Outcome {
  const { core } = served;
  const ref = refOf(resource);
  const { group, kind, plural } = resource.kind;
  const options = deleteOptions(call, resource.kind);
  const removed = core.delete(ref, options);
  const isGone = core.find(ref) === undefined || options.dryRun;
  if (!isGone || kind === "Pod") return { object: removed };
  const details = { name: ref.metadata.name, ...(group !== "" && { group }), kind: plural, uid: removed.metadata.uid };
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
  return { text: JSON.stringify(status) };
}

function removeAll(served: Served, call: Call, resource: Resource): Outcome {
  if (resource.kind.kind === "Namespace") throw methodNotAllowed();
  const { items, resourceVersion } = served.core.list(queryOf(call.url, resource));
  const options = deleteOptions(call, resource.kind);
  const removed = items.map((item) => served.core.delete(item as ObjectRef, options));
  return { text: shapeOf(served, call, resource.kind).list(removed, { resourceVersion }) };
}

function refOf({ kind: { apiVersion, kind }, namespace, name = "" }: Resource): ObjectRef {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

function checkName({ metadata }: AnyObject, { name }: Resource): void {
  if (metadata.name === name) return;
  throw badRequest(`the name of the object (${metadata.name ?? ""}) does not match the name on the URL (${name})`);
}

/** The object in the body: of the kind, the namespace and (where it says nothing) with both of the URL. */
function objectOf({ core }: Served, { body }: Call, { kind, namespace }: Resource): AnyObject {
  const object = objectBody(body);
  const { apiVersion = kind.apiVersion, kind: name = kind.kind, metadata: given, ...rest } = object;
  if (apiVersion !== kind.apiVersion || name !== kind.kind)
    throw otherKind(core.kinds, kind, { ...object, apiVersion, kind: name });
  const metadata = objectOr(given);
  if (namespace !== undefined && metadata["namespace"] && metadata["namespace"] !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return { apiVersion, kind: name, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) }, ...rest };
}

function otherKind({ find }: KindRegistry, kind: Kind, given: JsonObject): ApiError {
  const ref = { apiVersion: String(given["apiVersion"]), kind: String(given["kind"]) };
  if (kind.custom && ref.apiVersion === kind.apiVersion) {
    const name = String(objectOr(given["metadata"])["name"] ?? "");
    return invalid(kind, name, [problem.invalid("kind", ref.kind, `must be ${kind.kind}`)]);
  }
  if (kind.custom)
    return badRequest(
      `the API version in the data (${ref.apiVersion}) does not match the expected API version (${kind.apiVersion})`,
    );
  const version = ref.apiVersion.split("/").pop();
  const why =
    find(ref)?.custom === false
      ? `converting (${version}.${ref.kind}) to (${kind.group.split(".")[0] || "core"}.${kind.kind}): unknown conversion`
      : `no kind "${ref.kind}" is registered for version "${ref.apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  return badRequest(`${ref.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`);
}

function methodNotAllowed(): ApiError {
  return new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

import { ApiError, type DeleteOptions, type ListQuery, type ObjectRef } from "../../cluster/api.ts";
import type { AnyObject, KubeObject } from "../../cluster/objects.ts";
import type { PatchType, WriteOptions } from "../core/core.ts";
import { unknownFields } from "../core/custom-rules.ts";
import { evict } from "../core/evict.ts";
import { isObject, objectOr, without } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { badRequest, invalid, noSuchResource, problem } from "../core/status-errors.ts";
import { mediaType } from "./body.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { sendJson } from "./send.ts";

/** Everything but watches and logs: reads, lists and writes of objects. */
export function answerObjects(served: Served, call: Call, resource: Resource): void {
  const isWrite = call.request.method !== "GET";
  if (isWrite) requireKept(served);
  const { status, body } = handle(served, call, resource);
  // What a client is told must outlive this process; reads go on where nothing can be kept, as etcd's do
  if (isWrite) requireKept(served);
  else served.core.flush();
  sendJson(call.response, status, body);
}

function requireKept({ core }: Served): void {
  const problem = core.flush();
  if (problem !== undefined) throw problem;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const subresources = ["status", "binding", "eviction", "finalize"];

function handle(served: Served, call: Call, resource: Resource): Answer {
  const { method } = call.request;
  const { name, subresource } = resource;
  if (subresource !== undefined && !subresources.includes(subresource)) throw noSuchResource();
  if (method === "POST") return name === undefined ? create(served, call, resource) : act(served, call, resource);
  if (name === undefined) return method === "GET" ? list(served, call, resource) : removeAll(served, call, resource);
  if (method === "GET") return ok(served.core.read(refOf(resource)));
  if (method === "DELETE") return remove(served, call, resource);
  return method === "PUT" ? replace(served, call, resource) : patch(served, call, resource);
}

function create({ core }: Served, call: Call, resource: Resource): Answer {
  if (resource.kind.namespaced && resource.namespace === undefined) throw methodNotAllowed();
  const object = objectOf(call, resource);
  const unknown = call.url.searchParams.get("fieldValidation") === "Strict" ? unknownFields(resource.kind, object) : [];
  if (unknown.length > 0) throw strictError(resource.kind, unknown);
  return { status: 201, body: core.create(object, writeOptions(call)) };
}

/** `POST …/pods/x/binding` and `…/eviction`. */
function act(
  { core, clock }: Served,
  call: Call,
  { kind, namespace = "default", name = "", subresource }: Resource,
): Answer {
  const pod: ObjectRef = { apiVersion: "v1", kind: "Pod", metadata: { namespace, name } };
  if (kind.kind !== "Pod" || !isObject(call.body)) throw methodNotAllowed();
  if (subresource === "eviction") {
    const { gracePeriodSeconds } = objectOr(call.body["deleteOptions"]) as DeleteOptions;
    evict(core, clock, pod, { ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }) });
  } else if (subresource === "binding") {
    const binding = {
      ...call.body,
      metadata: { ...pod.metadata, ...objectOr(call.body["metadata"]) },
    } as unknown as KubeObject;
    core.create(binding, { ...writeOptions(call), subresource: "binding" });
  } else throw methodNotAllowed();
  return { status: 201, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } };
}

function replace({ core }: Served, call: Call, resource: Resource): Answer {
  const object = objectOf(call, resource);
  const { name } = resource;
  if (object.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${object.metadata.name ?? ""}) does not match the name on the URL (${name})`,
    );
  }
  if (resource.kind.custom && !object.metadata.resourceVersion) {
    throw invalid(resource.kind, name ?? "", [
      problem.invalid("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  return ok(core.replace(object, writeOptions(call, resource)));
}

const patchTypes: Record<string, PatchType> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

function patch(served: Served, call: Call, resource: Resource): Answer {
  const contentType = mediaType(call.request);
  if (contentType === "application/apply-patch+yaml") return apply(served, call, resource);
  const type = patchTypes[contentType];
  if (type === undefined) throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  if (type === "merge") refuseUnknown(call, resource.kind);
  return ok(served.core.patch(refOf(resource), call.body, { ...writeOptions(call, resource), type }));
}

/** With `fieldValidation=Strict`, a patch with fields that the kind does not have. */
function refuseUnknown({ url, body }: Call, kind: Kind): void {
  const isStrict = url.searchParams.get("fieldValidation") === "Strict" && isObject(body);
  const unknown = isStrict ? unknownFields(kind, body as unknown as AnyObject) : [];
  if (unknown.length === 0) return;
  const list = unknown.map((field) => `unknown field "${field}"`).join(", ");
  throw invalid({ group: "", kind: "" }, "", [
    problem.invalid("patch", JSON.stringify(body), `strict decoding error: ${list}`),
  ]);
}

function apply({ core }: Served, call: Call, resource: Resource): Answer {
  const object = objectOf(call, resource);
  if (object.metadata.name !== resource.name) {
    throw badRequest(
      `the name of the object (${object.metadata.name ?? ""}) does not match the name on the URL (${resource.name})`,
    );
  }
  const existed = core.find(refOf(resource)) !== undefined;
  const fieldManager = call.url.searchParams.get("fieldManager") ?? "";
  const body = core.apply(object, { ...writeOptions(call, resource), fieldManager, force: isTrue(call.url, "force") });
  return { status: existed ? 200 : 201, body };
}

function remove({ core }: Served, call: Call, resource: Resource): Answer {
  const ref = refOf(resource);
  const { group, kind, plural } = resource.kind;
  const removed = core.delete(ref, deleteOptions(call, resource.kind));
  const isGone = core.find(ref) === undefined || call.url.searchParams.get("dryRun") === "All";
  if (!isGone || kind === "Pod") return ok(removed);
  const details = { name: ref.metadata.name, ...(group !== "" && { group }), kind: plural, uid: removed.metadata.uid };
  return ok({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

function removeAll({ core }: Served, call: Call, resource: Resource): Answer {
  if (call.request.method !== "DELETE") throw methodNotAllowed();
  const { items, resourceVersion } = core.list(queryOf(call.url, resource));
  const options = deleteOptions(call, resource.kind);
  const removed = items.map((item) => core.delete(item as ObjectRef, options));
  return ok(listObject(resource.kind, removed, { resourceVersion }));
}

function list({ core, snapshots }: Served, { url }: Call, resource: Resource): Answer {
  const token = url.searchParams.get("continue");
  const limit = Number(url.searchParams.get("limit") ?? 0);
  const { items, resourceVersion } = token ? snapshots.take(token) : core.list(queryOf(url, resource));
  if (!(limit > 0) || items.length <= limit) return ok(listObject(resource.kind, items, { resourceVersion }));
  const rest = items.slice(limit);
  const more = { continue: snapshots.keep({ items: rest, resourceVersion }), remainingItemCount: rest.length };
  return ok(listObject(resource.kind, items.slice(0, limit), { resourceVersion, ...more }));
}

/** Items of built-in kinds come without their kind, as from the real server. */
function listObject(kind: Kind, items: readonly KubeObject[], metadata: object): object {
  const plain = kind.custom ? items : items.map((item) => without({ ...item }, "apiVersion", "kind"));
  return { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items: plain };
}

export function queryOf({ searchParams }: URL, { kind, namespace, name }: Resource): ListQuery {
  const labelSelector = searchParams.get("labelSelector");
  const selectors = [searchParams.get("fieldSelector"), name === undefined ? null : `metadata.name=${name}`].filter(
    Boolean,
  );
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector !== null && { labelSelector }),
    ...(selectors.length > 0 && { fieldSelector: selectors.join(",") }),
  };
}

function refOf({ kind, namespace, name = "" }: Resource): ObjectRef {
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  };
}

/** The object in the body: of the kind, the namespace and (where it says nothing) with both of the URL. */
function objectOf({ body }: Call, { kind, namespace }: Resource): AnyObject {
  if (!isObject(body)) throw badRequest("the body of the request is not an object");
  const given = { apiVersion: body["apiVersion"] ?? kind.apiVersion, kind: body["kind"] ?? kind.kind };
  if (given.apiVersion !== kind.apiVersion || given.kind !== kind.kind) throw otherKind(kind, given);
  const metadata = objectOr(body["metadata"]);
  if (namespace !== undefined && metadata["namespace"] && metadata["namespace"] !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return {
    ...body,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { ...metadata, ...(namespace !== undefined && { namespace }) },
  };
}

function strictError({ kind, version }: Kind, fields: readonly string[]): ApiError {
  const list = fields.map((field) => `unknown field "${field}"`).join(", ");
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${list}`);
}

function otherKind(kind: Kind, given: { readonly apiVersion: unknown; readonly kind: unknown }): ApiError {
  const version = String(given.apiVersion).split("/").pop();
  return badRequest(
    `${given.kind} in version "${version}" cannot be handled as a ${kind.kind}: converting (${version}.${given.kind}) to (core.${kind.kind}): unknown conversion`,
  );
}

/** The manager is named by the query, or by the program in the user agent. */
function writeOptions({ url, request }: Call, { subresource }: Resource | { subresource?: string } = {}): WriteOptions {
  const agent = (request.headers["user-agent"] ?? "unknown").split(/[/\s]/)[0] ?? "unknown";
  return {
    fieldManager: url.searchParams.get("fieldManager") || agent,
    dryRun: url.searchParams.get("dryRun") === "All",
    ...(subresource !== undefined && { subresource: subresource as NonNullable<WriteOptions["subresource"]> }),
  };
}

/** Options come in the body or in the query. A Job deleted without a word about its pods leaves them, as ever. */
function deleteOptions({ url, body }: Call, kind: Kind) {
  const given = objectOr(body) as DeleteOptions & {
    preconditions?: { uid?: string; resourceVersion?: string };
    dryRun?: string[];
  };
  const policy =
    given.propagationPolicy ??
    url.searchParams.get("propagationPolicy") ??
    (kind.kind === "Job" ? "Orphan" : undefined);
  const grace = given.gracePeriodSeconds ?? url.searchParams.get("gracePeriodSeconds") ?? undefined;
  return {
    ...given.preconditions,
    ...(policy !== undefined && { propagationPolicy: policy as NonNullable<DeleteOptions["propagationPolicy"]> }),
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    dryRun: url.searchParams.get("dryRun") === "All" || (given.dryRun?.includes("All") ?? false),
  };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function methodNotAllowed(): ApiError {
  return new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

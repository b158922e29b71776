import { ApiError, type DeleteOptions, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { evict } from "../core/evict.ts";
import { objectOr } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { badRequest, noSuchResource } from "../core/status-errors.ts";
import { objectBody } from "./body.ts";
import type { Call, Resource, Served } from "./call.ts";
import { deleteOptions, writeOptions } from "./write-options.ts";

/** A subresource as discovery tells of it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Where the kind is of another group than the resource. */
  readonly group?: string;
  readonly version?: string;
}

const ofPods: readonly Subresource[] = [
  { name: "binding", kind: "Binding", verbs: ["create"] },
  { name: "eviction", group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] },
  { name: "exec", kind: "PodExecOptions", verbs: ["create", "get"] },
  { name: "log", kind: "Pod", verbs: ["get"] },
];

/** What can be asked of an object beside the object itself. */
export function subresourcesOf(kind: Kind): readonly Subresource[] {
  if (kind.leftOut !== undefined) return [];
  return [
    ...(kind.status ? [{ name: "status", kind: kind.kind, verbs: ["get", "patch", "update"] }] : []),
    ...(kind.scale
      ? [{ name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch", "update"] }]
      : []),
    ...(kind.kind === "Namespace" ? [{ name: "finalize", kind: "Namespace", verbs: ["update"] }] : []),
    ...(kind.kind === "Pod" ? ofPods : []),
  ];
}

/** Real subresources that are left out on purpose, and what to do instead. */
const leftOut: Record<string, string> = {
  attach: "use `kubectl logs -f` or `kubectl exec`",
  ephemeralcontainers: "use `kubectl exec` in a container of the pod",
  portforward: "a pod's processes run on this machine: connect to their ports directly",
  proxy: "a pod's processes run on this machine: connect to their ports directly",
  resize: "delete the pod and create it with other resources",
  token: "there are no credentials in pods",
};

/** Fails with 501 for what is left out, with 404 for what there is not. */
export function checkSubresource(kind: Kind, name: string): void {
  if (subresourcesOf(kind).some((one) => one.name === name)) return;
  const instead = kind.custom ? undefined : leftOut[name];
  if (instead === undefined) throw noSuchResource();
  const message = `${kind.plural}/${name} is left out of the rehearsal on purpose: ${instead}`;
  throw new ApiError(501, "NotImplemented", message);
}

/** `POST …/pods/x/binding` and `…/eviction`. */
export function act({ core, clock }: Served, call: Call, resource: Resource): object {
  const { namespace = "default", name = "", subresource, kind } = resource;
  const metadata = { namespace, name };
  const body = objectBody(call.body);
  const named = objectOr(body["metadata"])["name"] ?? name;
  if (named !== name)
    throw badRequest(
      `name in URL does not match name in ${subresource === "eviction" ? "Eviction" : "Binding"} object`,
    );
  if (subresource === "eviction") {
    const asked = objectOr(body["deleteOptions"]) as DeleteOptions;
    const pod: ObjectRef = { apiVersion: "v1", kind: "Pod", metadata };
    evict(core, clock, pod, deleteOptions({ ...call, body: asked }, kind));
  } else {
    const binding = { ...body, metadata: { ...objectOr(body["metadata"]), ...metadata } };
    core.create(binding as unknown as KubeObject, { ...writeOptions(call), subresource: "binding" });
  }
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
}

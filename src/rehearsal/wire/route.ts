import type { KindRegistry } from "../core/kinds.ts";
import { badRequest, noSuchResource } from "../core/status-errors.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { discovery } from "./discovery.ts";
import { sufferFaults } from "./faults.ts";
import { answerList } from "./list.ts";
import { answerLogs } from "./logs.ts";
import { answerObjects } from "./objects.ts";
import { answerOpenApi } from "./openapi.ts";
import { answerReview } from "./reviews.ts";
import { sendJson, sendText } from "./send.ts";
import { checkSubresource } from "./subresources.ts";
import { answerWatch } from "./watch.ts";

export async function route(served: Served, call: Call): Promise<void> {
  const { request, response, url } = call;
  if (url.pathname === "/healthz" || url.pathname === "/livez" || url.pathname === "/readyz")
    return sendText(response, 200, "ok");
  const document =
    request.method === "GET" ? discovery(served.core.kinds, url.pathname, request.headers.accept ?? "") : undefined;
  if (document !== undefined) return sendJson(response, 200, document.body, document.contentType);
  if (answerOpenApi(served.core.kinds.all(), url.pathname, response)) return;
  if (answerReview(call)) return;
  const resource = resourceOf(served.core.kinds, url.pathname);
  if (resource === undefined) return sendText(response, 404, "404 page not found\n");
  if (served.faults !== undefined) await sufferFaults(served.faults, call, resource);
  if (resource.subresource !== undefined) checkSubresource(resource.kind, resource.subresource);
  if (resource.subresource === "exec") throw badRequest("Upgrade request required");
  if (request.method === "GET") return read(served, call, resource);
  answerObjects(served, call, resource);
}

function read(served: Served, call: Call, resource: Resource): void | Promise<void> {
  const { name, subresource } = resource;
  if (isTrue(call.url, "watch")) return answerWatch(served, call, resource);
  if (subresource === "log") return answerLogs(served, call, resource);
  return name === undefined ? answerList(served, call, resource) : answerObjects(served, call, resource);
}

/** Undefined for a group that is not served; a 404 for an unknown resource in one that is. */
function resourceOf(kinds: KindRegistry, pathname: string): Resource | undefined {
  const parts = pathname.split("/").slice(1).map(decodeURIComponent);
  const groupParts = parts[0] === "api" ? 2 : 3;
  const apiVersion = parts.slice(1, groupParts).join("/");
  if ((parts[0] !== "api" && parts[0] !== "apis") || !kinds.all().some((kind) => kind.apiVersion === apiVersion))
    return undefined;
  return resourceIn(
    kinds,
    apiVersion,
    parts.slice(groupParts).filter((part, index, all) => part !== "" || index < all.length - 1),
  );
}

function resourceIn(kinds: KindRegistry, apiVersion: string, parts: readonly string[]): Resource {
  // A namespace is itself a resource: namespaces/x, namespaces/x/status, but namespaces/x/pods
  const inNamespace =
    parts[0] === "namespaces" && parts[2] !== undefined && kinds.ofResource(apiVersion, parts[2]) !== undefined;
  const [plural = "", name, subresource, ...more] = inNamespace ? parts.slice(2) : parts;
  const kind = kinds.ofResource(apiVersion, plural);
  if (kind === undefined || more.length > 0) throw noSuchResource();
  if (kind.namespaced ? !inNamespace && name !== undefined : inNamespace) throw noSuchResource();
  const namespace = inNamespace ? parts[1] : undefined;
  return {
    kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

import type { IncomingMessage } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import type { KindRegistry } from "../core/kinds.ts";
import { noSuchResource } from "../core/status-errors.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { discovery } from "./discovery.ts";
import { sufferFaults } from "./faults.ts";
import { answerLogs } from "./logs.ts";
import { answerObjects } from "./objects.ts";
import { sendJson, sendText } from "./send.ts";
import { answerWatch } from "./watch.ts";

export async function route(served: Served, call: Call): Promise<void> {
  const { request, response, url } = call;
  if (url.pathname === "/healthz" || url.pathname === "/livez" || url.pathname === "/readyz")
    return sendText(response, 200, "ok");
  const document =
    request.method === "GET" ? discovery(served.core.kinds, url.pathname, request.headers.accept ?? "") : undefined;
  if (document !== undefined) return sendJson(response, 200, document.body, document.contentType);
  const resource = resourceOf(served.core.kinds, url.pathname);
  if (resource === undefined) return sendText(response, 404, "404 page not found\n");
  if (served.faults !== undefined) await sufferFaults(served.faults, call, resource);
  if (isReading(request) && isTrue(url, "watch")) return answerWatch(served, call, resource);
  if (isReading(request) && resource.subresource === "log") return answerLogs(served, call, resource);
  if (isReading(request) || ["POST", "PUT", "PATCH", "DELETE"].includes(request.method ?? ""))
    return answerObjects(served, call, resource);
  throw new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

function isReading({ method }: IncomingMessage): boolean {
  return method === "GET";
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

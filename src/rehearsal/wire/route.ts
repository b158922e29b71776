import type { KindRegistry } from "../core/kinds.ts";
import { badRequest, noSuchResource } from "../core/status-errors.ts";
import { type Answer, textAnswer } from "./answer.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { discovery } from "./discovery.ts";
import { sufferFaults } from "./faults.ts";
import { answerList } from "./list.ts";
import { answerLogs } from "./logs.ts";
import { answerObjects } from "./objects.ts";
import { openApi } from "./openapi.ts";
import { answerReview } from "./reviews.ts";
import { checkSubresource } from "./subresources.ts";
import { answerWatch } from "./watch.ts";

/** Undefined where what was asked for is a stream, which sends itself. */
export async function route(served: Served, call: Call): Promise<Answer | undefined> {
  const found = answerFixed(served.core.kinds, call);
  if (found !== undefined) return found;
  const resource = resourceOf(served.core.kinds, call.url.pathname);
  if (resource === undefined) return textAnswer("404 page not found\n", 404);
  if (served.faults !== undefined) await sufferFaults(served.faults, call, resource);
  if (resource.subresource !== undefined) checkSubresource(resource.kind, resource.subresource);
  if (resource.subresource === "exec") throw badRequest("Upgrade request required");
  const isGet = call.request.method === "GET";
  if (isGet && isTrue(call.url, "watch")) return answerWatch(served, call, resource);
  if (isGet && resource.subresource === "log") return answerLogs(served, call, resource);
  const answer = isGet && resource.name === undefined ? answerList : answerObjects;
  return answer(served, call, resource);
}

const health = ["/healthz", "/livez", "/readyz"];

/** What does not depend on objects. */
function answerFixed(kinds: KindRegistry, call: Call): Answer | undefined {
  const { request, url } = call;
  if (health.includes(url.pathname)) return textAnswer("ok");
  const document = request.method === "GET" ? discovery(kinds, url.pathname, request.headers.accept ?? "") : undefined;
  return document ?? openApi(kinds.all(), url.pathname) ?? answerReview(call);
}

/** Undefined for a group that is not served; a 404 for an unknown resource in one that is. */
function resourceOf(kinds: KindRegistry, pathname: string): Resource | undefined {
  const [root, ...parts] = pathname.replace(/\/$/, "").split("/").slice(1).map(decodeURIComponent);
  const apiVersion = parts.splice(0, root === "api" ? 1 : 2).join("/");
  if ((root !== "api" && root !== "apis") || !kinds.all().some((kind) => kind.apiVersion === apiVersion))
    return undefined;
  return resourceIn(kinds, apiVersion, parts);
}

function resourceIn(kinds: KindRegistry, apiVersion: string, parts: readonly string[]): Resource {
  // A namespace is itself a resource: namespaces/x, namespaces/x/status, but namespaces/x/pods
  const inNamespace =
    parts[0] === "namespaces" && parts[2] !== undefined && kinds.ofResource(apiVersion, parts[2]) !== undefined;
  const [plural = "", name, subresource, ...more] = inNamespace ? parts.slice(2) : parts;
  const kind = kinds.ofResource(apiVersion, plural);
  if (kind === undefined || more.length > 0) throw noSuchResource();
  if (kind.namespaced ? !inNamespace && name !== undefined : inNamespace) throw noSuchResource();
  return { kind, namespace: inNamespace ? parts[1] : undefined, name, subresource };
}

import { isApiError } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { badRequest, expired } from "../core/status-errors.ts";
import { keyOf } from "../core/store.ts";
import type { Answer } from "./answer.ts";
import type { Call, Resource, Served } from "./call.ts";
import { checkListOptions, queryOf } from "./list-options.ts";
import { shapeOf } from "./shape.ts";

/** `GET` of a collection: whole, or in pages that all show the cluster as it was at the first. */
export function answerList(served: Served, call: Call, resource: Resource): Answer {
  checkListOptions(call.url.searchParams, "list");
  const shape = shapeOf(served, call, resource.kind);
  const { items, ...metadata } = pageOf(served.core, call, resource);
  return { text: shape.list(items, metadata) };
}

interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

function pageOf(core: Core, { url: { searchParams }, url }: Call, resource: Resource): Page {
  const query = queryOf(url, resource);
  const { version, after } = startOf(searchParams);
  const { items, resourceVersion } =
    after === undefined ? core.list(query, version) : rest(() => core.list(query, version));
  const left = after === undefined ? items : items.filter(({ metadata }) => keyOf(resource.kind, metadata) > after);
  const limit = Number(searchParams.get("limit") ?? 0);
  if (!(limit > 0) || left.length <= limit) return { items: left, resourceVersion };
  const page = left.slice(0, limit);
  const last = keyOf(resource.kind, page.at(-1)?.metadata ?? {});
  const isSelection = query.labelSelector !== undefined || query.fieldSelector !== undefined;
  return {
    items: page,
    resourceVersion,
    continue: tokenOf({ version: resourceVersion, after: last }),
    ...(!isSelection && { remainingItemCount: left.length - limit }),
  };
}

/** Where a page begins: at which version (none: the latest), after which key. */
interface Start {
  readonly version?: string;
  readonly after?: string;
}

function startOf(parameters: URLSearchParams): Start {
  const token = parameters.get("continue");
  const version = parameters.get("resourceVersion") || "0";
  if (!token) {
    const isExact = parameters.get("resourceVersionMatch") === "Exact" || Number(parameters.get("limit") ?? 0) > 0;
    return version === "0" || !isExact ? {} : { version };
  }
  if (version !== "0") throw badRequest("specifying resource version is not allowed when using continue");
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, "base64url").toString());
    if (typeof rv === "string" && typeof start === "string") return { version: rv, after: start };
  } catch {
    // told below, as what lacks a field
  }
  throw badRequest("invalid continue token: continue key is not valid");
}

function tokenOf({ version, after }: Required<Start>): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start: after })).toString("base64url");
}

function rest<T>(list: () => T): T {
  try {
    return list();
  } catch (error) {
    if (!isApiError(error, 410)) throw error;
    throw expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
    );
  }
}

import type { KubeObject } from "../../cluster/objects.ts";
import { without } from "../core/json.ts";
import { jsonText } from "../core/json-text.ts";
import type { Kind } from "../core/kinds.ts";
import { badRequest } from "../core/status-errors.ts";
import { notAcceptable, type View, viewOf } from "./accept.ts";
import type { Call, Served } from "./call.ts";
import { type TableOptions, tableOf } from "./table.ts";

/** How one client sees objects: what its Accept header asks for, as JSON text. */
export interface Shape {
  object(object: KubeObject): string;
  list(items: readonly KubeObject[], metadata: { readonly resourceVersion: string }): string;
  /** As in an event of a watch. */
  event(object: KubeObject): string;
}

/** Fails with 406 when the client accepts no shape there is. */
export function shapeOf({ clock }: Served, { request, url }: Call, kind: Kind): Shape {
  const view = viewOf(request.headers.accept);
  if (view.as === "Object")
    return { object: jsonText, list: (items, metadata) => listText(kind, items, metadata), event: jsonText };
  return view.as === "Table"
    ? tables(kind, () => clock.now(), { apiVersion: view.apiVersion, includeObject: includeObject(url.searchParams) })
    : partials(view);
}

/** Items of built-in kinds come without their kind, as from the real server. */
function listText(kind: Kind, items: readonly KubeObject[], metadata: object): string {
  const head = `"apiVersion":${JSON.stringify(kind.apiVersion)},"kind":${JSON.stringify(kind.kind)},`;
  const itemText = (item: KubeObject) => {
    const text = jsonText(item);
    if (kind.custom) return text;
    return text.startsWith(head, 1)
      ? `{${text.slice(1 + head.length)}`
      : JSON.stringify(without({ ...item }, "apiVersion", "kind"));
  };
  const open = JSON.stringify({ kind: kind.listKind ?? `${kind.kind}List`, apiVersion: kind.apiVersion, metadata });
  return `${open.slice(0, -1)},"items":[${items.map(itemText).join(",")}]}`;
}

function tables(kind: Kind, now: () => number, options: Omit<TableOptions, "nowMs">): Shape {
  let noHeaders = false;
  const text = (items: readonly KubeObject[], metadata: object) =>
    JSON.stringify(tableOf(kind, items, metadata, { ...options, noHeaders, nowMs: now() }));
  const object = (one: KubeObject) => text([one], { resourceVersion: one.metadata.resourceVersion });
  const event = (one: KubeObject) => {
    const shown = object(one);
    noHeaders = true;
    return shown;
  };
  return { object, list: text, event };
}

function includeObject(parameters: URLSearchParams): TableOptions["includeObject"] {
  const given = parameters.get("includeObject") || "Metadata";
  if (given !== "None" && given !== "Metadata" && given !== "Object")
    throw badRequest(`unrecognized includeObject value: ${JSON.stringify(given)}`);
  return given;
}

function partials({ as, apiVersion }: View): Shape {
  const partial = ({ metadata }: KubeObject) => ({ kind: "PartialObjectMetadata", apiVersion, metadata });
  const refuse = (what: string) => notAcceptable(`you requested ${as}, but the requested object is ${what}`);
  return {
    object(object) {
      if (as !== "PartialObjectMetadata") throw refuse("not a list");
      return JSON.stringify(partial(object));
    },
    list(items, metadata) {
      if (as !== "PartialObjectMetadataList") throw refuse("a list");
      return JSON.stringify({ kind: as, apiVersion, metadata, items: items.map(partial) });
    },
    event: (object) => JSON.stringify(partial(object)),
  };
}

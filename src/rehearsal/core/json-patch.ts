import { ApiError } from "../../cluster/api.ts";
import { copyJson, equal, isObject } from "./json.ts";
import { badRequest } from "./status-errors.ts";

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** The most operations of one patch, as the API server limits them. */
const maximumOperations = 10_000;

/** JSON patch (RFC 6902) on a copy of the target. Fails with 422 when an operation does not apply. */
export function jsonPatch<T>(target: T, patch: unknown): T {
  if (!Array.isArray(patch)) throw badRequest("error decoding patch: a JSON patch is an array of operations");
  if (patch.length > maximumOperations) {
    throw new ApiError(
      413,
      "RequestEntityTooLarge",
      `The allowed maximum operations in a JSON patch is ${maximumOperations}, got ${patch.length}`,
    );
  }
  const root = { document: copyJson(target) as unknown };
  for (const operation of patch) apply(root, operation as Operation);
  return root.document as T;
}

function apply(root: { document: unknown }, { op, path, from, value }: Operation): void {
  switch (op) {
    case "add":
      add(root, path, copyJson(value));
      break;
    case "remove":
      remove(root, path);
      break;
    case "replace":
      remove(root, path);
      add(root, path, copyJson(value));
      break;
    case "move":
      add(root, path, remove(root, from ?? ""));
      break;
    case "copy":
      add(root, path, copyJson(get(root, from ?? "")));
      break;
    case "test":
      if (!equal(get(root, path), value)) throw rejected();
      break;
    default:
      throw badRequest(`error decoding patch: unknown operation ${JSON.stringify(op)}`);
  }
}

function add(root: { document: unknown }, path: string, value: unknown): void {
  const { parent, key } = locate(root, path);
  if (Array.isArray(parent)) parent.splice(key === "-" ? parent.length : indexOf(key, parent.length), 0, value);
  else parent[key] = value;
}

function remove(root: { document: unknown }, path: string): unknown {
  const { parent, key } = locate(root, path);
  if (Array.isArray(parent)) return parent.splice(indexOf(key, parent.length - 1), 1)[0];
  if (!Object.hasOwn(parent, key)) throw rejected();
  const removed = parent[key];
  delete parent[key];
  return removed;
}

function get(root: { document: unknown }, path: string): unknown {
  const { parent, key } = locate(root, path);
  if (Array.isArray(parent)) return parent[indexOf(key, parent.length - 1)];
  if (!Object.hasOwn(parent, key)) throw rejected();
  return parent[key];
}

/** The container a pointer (RFC 6901) ends in, and the last key. */
function locate(
  root: { document: unknown },
  path: string,
): { parent: unknown[] | Record<string, unknown>; key: string } {
  const keys = path === "" ? ["document"] : ["document", ...pointer(path)];
  const key = keys.pop() ?? "";
  let parent: unknown = root;
  for (const step of keys) parent = child(parent, step);
  if (key === "__proto__" || !(Array.isArray(parent) || isObject(parent))) throw rejected();
  return { parent, key };
}

function child(parent: unknown, key: string): unknown {
  if (Array.isArray(parent)) return parent[indexOf(key, parent.length - 1)];
  if (!isObject(parent) || !Object.hasOwn(parent, key)) throw rejected();
  return parent[key];
}

function pointer(path: string): string[] {
  if (!path.startsWith("/")) throw rejected();
  return path
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexOf(key: string, most: number): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (!(index <= most)) throw rejected();
  return index;
}

function rejected() {
  return new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
}

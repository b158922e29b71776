import { ApiError } from "../../cluster/api.ts";
import type { AnyObject, KubeObject } from "../../cluster/objects.ts";
import type { WriteOptions } from "../core/core.ts";
import { copyJson, isObject } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { invalid, problem } from "../core/status-errors.ts";
import { DecodeError, decodeBuiltin } from "./builtin-decode.ts";
import { builtinDefaults } from "./builtin-defaults.ts";
import { builtinType } from "./builtin-types.ts";
import { prune } from "./schema-defaults.ts";

/** What was written does not fit the types of its kind: 400, or 422 when a patch made it so. */
export class UndecodableError extends ApiError {
  readonly why: string;

  constructor({ kind, version }: Kind, why: string) {
    super(400, "BadRequest", `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
    this.why = why;
  }
}

/** A copy of what is written, as the types of its kind read it. Unknown fields are refused, told or just dropped. */
export function decoded(kind: Kind, object: KubeObject, { fieldValidation, warn }: WriteOptions): AnyObject {
  try {
    const { value, unknown } = read(kind, object);
    const texts = unknown.map((field) => `unknown field ${JSON.stringify(field)}`);
    if (fieldValidation === "Strict" && unknown.length > 0)
      throw new UndecodableError(kind, `strict decoding error: ${texts.join(", ")}`);
    if (fieldValidation === "Warn") for (const text of texts) warn?.(text);
    return value as unknown as AnyObject;
  } catch (error) {
    throw error instanceof DecodeError ? new UndecodableError(kind, error.message) : error;
  }
}

function read(kind: Kind, object: KubeObject): { readonly value: unknown; readonly unknown: readonly string[] } {
  const type = kind.custom ? undefined : builtinType(kind.apiVersion, kind.kind);
  if (type !== undefined) return decodeBuiltin(type, object, builtinDefaults);
  const metadata = decodeBuiltin("ObjectMeta", object.metadata ?? {});
  const value = { ...copyJson(object), metadata: metadata.value };
  const unknown = metadata.unknown.map((field) => `metadata.${field}`);
  return { value, unknown: [...unknown, ...(kind.schema === undefined ? [] : prune(kind.schema, value))] };
}

const texts = ["name", "generateName", "namespace", "uid", "resourceVersion"];

/** Fails where a value is no object or says of itself, before it is decoded, what cannot be relied on. */
export function requireObject(kind: Kind, value: unknown): AnyObject {
  const metadata = isObject(value) ? (value["metadata"] ?? {}) : undefined;
  const wrong = isObject(metadata) ? texts.find((field) => typeof (metadata[field] ?? "") !== "string") : "";
  if (wrong === undefined) return value as AnyObject;
  const what = wrong === "" ? "an object with metadata is expected" : `metadata.${wrong} must be a string`;
  throw new UndecodableError(kind, what);
}

/** The result of a patch that cannot be decoded is the patch's fault. */
export function patchFault(error: unknown, patch: unknown): unknown {
  if (!(error instanceof UndecodableError)) return error;
  return invalid({ group: "", kind: "" }, "", [problem.invalid("patch", JSON.stringify(patch), error.why)]);
}

/** Server-side apply knows the fields of a kind, whatever the request says about validation. */
export function checkApplied(served: Kind, { metadata, ...object }: AnyObject): void {
  const { apiVersion, kind } = served;
  const refuse = (why: string) => {
    const name = `${metadata.namespace ?? ""}/${metadata.name ?? ""}; ${apiVersion.includes("/") ? "" : "/"}${apiVersion}`;
    return new ApiError(500, "", `failed to create typed patch object (${name}, Kind=${kind}): ${why}`);
  };
  try {
    const lines = read(served, { metadata, ...object }).unknown.map(
      (field) => `.${field}: field not declared in schema`,
    );
    if (lines.length > 0)
      throw refuse(lines.length === 1 ? `${lines[0]}` : `errors:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  } catch (error) {
    throw error instanceof DecodeError ? refuse(error.message) : error;
  }
}

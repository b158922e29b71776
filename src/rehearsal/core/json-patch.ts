import fastJsonPatch, { type Operation } from "fast-json-patch";

import { ApiError } from "../../cluster/api.ts";
import { copyJson, isObject } from "./json.ts";
import { badRequest } from "./status-errors.ts";

/** The most operations of one patch, as the API server limits them. */
const maximumOperations = 10_000;
/** In characters: copies of copies double with each operation. */
const mostCopied = 3 * 1024 * 1024;
const { applyOperation, getValueByPointer } = fastJsonPatch;
const operations = ["add", "remove", "replace", "move", "copy", "test"];

/** JSON patch (RFC 6902) on a copy of the target. Fails with 422 when an operation does not apply. */
export function jsonPatch<T>(target: T, patch: unknown): T {
  if (!Array.isArray(patch)) throw badRequest("error decoding patch: a JSON patch is an array of operations");
  if (patch.length > maximumOperations) {
    const why = `The allowed maximum operations in a JSON patch is ${maximumOperations}, got ${patch.length}`;
    throw new ApiError(413, "RequestEntityTooLarge", why);
  }
  for (const { op } of patch.map((operation) => (isObject(operation) ? operation : {})) as { op?: unknown }[])
    if (!operations.includes(String(op)))
      throw badRequest(`error decoding patch: unknown operation ${JSON.stringify(op)}`);
  try {
    let left = mostCopied;
    return (copyJson(patch) as Operation[]).reduce((document, operation) => {
      if (operation.op === "copy") left -= JSON.stringify(getValueByPointer(document, operation.from)).length;
      if (left < 0) throw new RangeError("what is copied becomes too large");
      // The library would make a circle of it
      if (operation.op === "move" && operation.path.startsWith(`${operation.from}/`))
        throw new RangeError("into itself");
      return applyOperation(document, operation, true).newDocument;
    }, copyJson(target));
  } catch {
    // Whatever it is: a path that leads nowhere, a test that fails, a way to a prototype
    throw new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
  }
}

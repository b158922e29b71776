import type { AnyObject } from "../../cluster/objects.ts";
import type { PatchType } from "./core.ts";
import { copyJson, isObject } from "./json.ts";
import { jsonPatch } from "./json-patch.ts";
import type { Kind } from "./kinds.ts";
import { mergePatch } from "./merge-patch.ts";
import { badRequest, unsupportedMediaType } from "./status-errors.ts";
import { strategicMerge } from "./strategic-merge.ts";

/** What a kind defined by a CRD accepts, as its 415 says. */
const customPatches = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"];

/** The object with the patch applied, not yet checked. */
export function patched(kind: Kind, object: AnyObject, patch: unknown, type: PatchType): unknown {
  if (type === "json") return jsonPatch(object, patch);
  if (!isObject(patch)) throw badRequest("error decoding patch: a merge patch is an object");
  if (type === "merge") return mergePatch(object, copyJson(patch));
  if (kind.custom) throw unsupportedMediaType(customPatches);
  return strategicMerge(kind.schema, object, copyJson(patch));
}

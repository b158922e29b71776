import { ApiError } from "../../cluster/api.ts";
import type { AnyObject, KubeObject, ManagedFieldsEntry } from "../../cluster/objects.ts";
import { checkApplied } from "../schema/decode.ts";
import type { CoreContext } from "./context.ts";
import type { WriteOptions } from "./core.ts";
import { createObject } from "./create.ts";
import {
  compareFields,
  difference,
  type FieldSet,
  fieldsOf,
  intersection,
  isEmpty,
  mergeApplied,
  pathsOf,
  pathText,
  removeFields,
  union,
} from "./field-sets.ts";
import { copyJson, type JsonObject, without } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { entryOf, fieldSetOf, isBy, ownable, type recordUpdate, reduced, setEntries } from "./managed-fields.ts";
import { badRequest, invalid, problem } from "./status-errors.ts";
import { updateObject } from "./update.ts";

type Options = WriteOptions & { readonly fieldManager: string; readonly force?: boolean };

/**
 * Server-side apply, as sigs.k8s.io/structured-merge-diff does it: what is applied is merged in and owned; what this
 * manager applied before, applies no longer and nobody else owns is removed; others' fields conflict unless forced.
 */
export function applyObject(
  context: CoreContext,
  object: KubeObject,
  live: AnyObject | undefined,
  options: Options,
): AnyObject {
  const kind = context.kinds.of(object);
  const applied = appliedObject(object, options);
  checkApplied(kind, applied);
  const fields = fieldsOf(kind.schema, concerned(kind, ownable(applied), options));
  const manager = {
    manager: options.fieldManager,
    operation: "Apply",
    ...(options.subresource && { subresource: options.subresource }),
  } as const;
  const own = (entries: readonly ManagedFieldsEntry[]) => entries.find((entry) => isBy(entry, manager));
  if (live === undefined) {
    const entry = entryOf(context, kind, manager, fields, undefined);
    return createObject(context, applied, options, (_, __, ___, next) => setEntries(next, [entry]));
  }
  const before = { manager: "before-first-apply", operation: "Update", apiVersion: kind.apiVersion } as const;
  const entries = live.metadata.managedFields ?? [
    entryOf(context, kind, before, fieldsOf(kind.schema, ownable(live)), undefined),
  ];
  const merged = mergedObject(kind, live, applied, own(entries), entries, fields);
  const record: typeof recordUpdate = (_, __, old = live, next) => {
    const taken = refuseConflicts(kind, old, next, entries, own(entries), fields, options.force ?? false);
    const { removed } = compareFields(kind.schema, ownable(old), ownable(next));
    const others = entries
      .filter((entry) => entry !== own(entries))
      .map((entry) => reduced(entry, union(taken, removed)));
    setEntries(next, [...others, entryOf(context, kind, manager, fields, own(entries))]);
  };
  return updateObject(context, kind, live, merged, options, record);
}

/** Status is owned through its subresource only, and through it nothing else is. */
function concerned(kind: Kind, object: JsonObject, { subresource }: Options): JsonObject {
  if (subresource === "status") return { status: object["status"] };
  if (subresource === "scale") return without(object, "metadata");
  return kind.status ? without(object, "status") : object;
}

function appliedObject(object: KubeObject, { fieldManager }: Options): AnyObject {
  const applied = copyJson(object) as AnyObject;
  if (!fieldManager) {
    const options = { group: "meta.k8s.io", kind: "PatchOptions" };
    throw invalid(options, "", [problem.required("fieldManager", "is required for apply patch")]);
  }
  if (applied.metadata?.managedFields?.length) throw badRequest("metadata.managedFields must be nil");
  if (!applied.metadata?.name) throw badRequest("name must be provided");
  return applied;
}

function mergedObject(
  kind: Kind,
  live: AnyObject,
  applied: AnyObject,
  own: ManagedFieldsEntry | undefined,
  entries: readonly ManagedFieldsEntry[],
  fields: FieldSet,
): AnyObject {
  const others = entries.filter((entry) => entry !== own).map(fieldSetOf);
  const owned = others.reduce(union, fields);
  const gone = difference(own ? fieldSetOf(own) : {}, owned);
  const pruned = isEmpty(gone) ? live : (removeFields(kind.schema, live, gone) as AnyObject);
  return mergeApplied(kind.schema, pruned, applied) as AnyObject;
}

/** What others own and this apply changes: an error, or with `force` theirs no longer. */
function refuseConflicts(
  kind: Kind,
  old: AnyObject,
  next: AnyObject,
  entries: readonly ManagedFieldsEntry[],
  own: ManagedFieldsEntry | undefined,
  fields: FieldSet,
  force: boolean,
): FieldSet {
  const changed = intersection(fields, compareFields(kind.schema, ownable(old), ownable(next)).changed);
  const conflicts = entries
    .filter((entry) => entry !== own)
    .flatMap((entry) =>
      pathsOf(intersection(changed, fieldSetOf(entry))).map((path) => ({
        who: managerText(entry),
        path: pathText(path),
      })),
    );
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  return changed;
}

function managerText({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const how = operation === "Update" ? ` using ${apiVersion}` : "";
  return `"${manager}"${subresource ? ` with subresource "${subresource}"` : ""}${how}`;
}

function conflictError(conflicts: readonly { who: string; path: string }[]): ApiError {
  const managers = [...new Set(conflicts.map(({ who }) => who))];
  const several = conflicts.length === 1 ? "1 conflict" : `${conflicts.length} conflicts`;
  const text =
    conflicts.length === 1
      ? `conflict with ${conflicts[0]?.who}: ${conflicts[0]?.path}`
      : managers
          .map(
            (who) =>
              `conflicts with ${who}:\n${conflicts
                .filter((one) => one.who === who)
                .map(({ path }) => `- ${path}`)
                .join("\n")}`,
          )
          .join("\n");
  return new ApiError(409, "Conflict", `Apply failed with ${several}: ${text}`, {
    causes: conflicts.map(({ who, path }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${who}`,
      field: path,
    })),
  });
}

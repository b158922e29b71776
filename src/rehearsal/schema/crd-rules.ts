import type { AnyObject } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CoreContext } from "../core/context.ts";
import { arrayOr, equal, isObject, objectIn, objectOr } from "../core/json.ts";
import type { KindRegistry } from "../core/kinds.ts";
import { checkName } from "../core/metadata.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import { setDefaults } from "../rules/pod-defaults.ts";
import type { CrdSpec } from "./crd.ts";
import { checkDeclared } from "./crd-schema.ts";
import type { Schema } from "./schema.ts";

/** Holds a CRD until its objects are gone. */
export const crdFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/** Rules of CustomResourceDefinitions. They are accepted and established at once, if nobody has their names. */
export const crdRules = {
  prepare(crd: AnyObject, { clock, kinds }: CoreContext, old?: AnyObject): void {
    // What is missing is refused by name, later
    const spec = objectIn(crd, "spec");
    setDefaults(spec, { names: {}, versions: [] });
    const names = objectOr(spec["names"]);
    if (typeof names["kind"] === "string") setDefaults(names, namesOf(names["kind"]));
    setDefaults(spec, { conversion: { strategy: "None" } });
    if (old === undefined && !crd.metadata.finalizers?.includes(crdFinalizer))
      crd.metadata.finalizers = [...(crd.metadata.finalizers ?? []), crdFinalizer];
    crd["status"] = nextStatus(crd, kinds, timestamp(clock.now()), objectOr(old?.["status"]));
  },
  check({ metadata, spec }: AnyObject): Problem[] {
    return [...checkNames(metadata.name ?? "", spec as CrdSpec), ...checkVersions(spec as CrdSpec)];
  },
  change: ({ spec, status }: AnyObject, old: AnyObject) => checkChange(spec as CrdSpec, old["spec"] as CrdSpec, status),
};

const namesOf = (kind: string) => ({ singular: kind.toLowerCase(), listKind: `${kind}List` });

function nextStatus(crd: AnyObject, kinds: KindRegistry, now: string, old: Record<string, unknown>): object {
  const { group, names, versions } = crd["spec"] as CrdSpec;
  const taken = takenName(kinds, group, names);
  const established = taken === undefined || arrayOr(old["conditions"]).some(({ type }) => type === "Established");
  const condition = (type: string, isTrue: boolean, reason: string, message: string) => ({
    ...{ lastTransitionTime: now, message, reason, status: isTrue ? "True" : "False", type },
  });
  const conditions = [
    taken === undefined
      ? condition("NamesAccepted", true, "NoConflicts", "no conflicts found")
      : condition("NamesAccepted", false, "NameConflict", `"${taken}" is already in use`),
    established
      ? condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
      : condition("Established", false, "NotAccepted", "not all names are accepted"),
    ...(crd.metadata.deletionTimestamp === undefined
      ? []
      : [condition("Terminating", true, "InstanceDeletionInProgress", "CustomResource deletion is in progress")]),
  ].map((next) => ({ ...next, lastTransitionTime: timeOf(old["conditions"], next) ?? now }));
  const storage = arrayOr<CrdSpec["versions"][number]>(versions).find((version) => version.storage)?.name;
  const stored = [...new Set([...arrayOr<string>(old["storedVersions"]), ...(storage ? [storage] : [])])];
  return { acceptedNames: names, conditions, storedVersions: stored };
}

function timeOf(conditions: unknown, { type, status }: { type: string; status: string }): unknown {
  return arrayOr(conditions).find((one) => one["type"] === type && one["status"] === status)?.["lastTransitionTime"];
}

/** A name that another resource of the group has. */
function takenName(kinds: KindRegistry, group: string, names: CrdSpec["names"]): string | undefined {
  const others = kinds.all().filter((kind) => kind.group === group && kind.plural !== names?.plural);
  const used = others.flatMap((kind) => [kind.plural, kind.singular ?? "", ...kind.shortNames]);
  const words = [names?.plural, names?.singular, ...(names?.shortNames ?? [])];
  return others.find(({ kind }) => kind === names?.kind)?.kind ?? words.find((word) => word && used.includes(word));
}

function checkNames(name: string, spec: CrdSpec): Problem[] {
  const { group = "", scope, names = { plural: "", kind: "" } } = spec;
  const required = { "spec.group": group, "spec.names.plural": names.plural, "spec.names.kind": names.kind };
  const missing = Object.entries({ ...required, "spec.scope": scope })
    .filter(([, value]) => !value)
    .map(([field]) => problem.required(field));
  if (missing.length > 0) return missing;
  const words = { plural: names.plural, singular: names.singular ?? "", kind: names.kind.toLowerCase() };
  return [
    ...(name === `${names.plural}.${group}`
      ? []
      : [problem.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')]),
    ...checkName("spec.group", group),
    ...(group.includes(".") ? [] : [problem.invalid("spec.group", group, "should be a domain with at least one dot")]),
    ...(["Cluster", "Namespaced"].includes(scope)
      ? []
      : [problem.unsupported("spec.scope", scope, ["Cluster", "Namespaced"])]),
    ...Object.entries(words).flatMap(([field, word]) => checkName(`spec.names.${field}`, word, "label")),
    ...(names.shortNames ?? []).flatMap((word, at) => checkName(`spec.names.shortNames[${at}]`, word, "label")),
  ];
}

function checkVersions({ versions = [], conversion }: CrdSpec): Problem[] {
  const names = versions.map(({ name }) => name);
  const problems: Problem[] = [];
  if (versions.filter(({ storage }) => storage).length !== 1)
    problems.push(problem.invalid("spec.versions", names, "must have exactly one version marked as storage version"));
  if (new Set(names).size < names.length)
    problems.push(problem.invalid("spec.versions", names, "must contain unique version names"));
  if (conversion?.strategy !== undefined && conversion.strategy !== "None") {
    const why = "webhooks are left out of the rehearsal on purpose: only None is supported";
    problems.push(problem.invalid("spec.conversion.strategy", conversion.strategy, why));
  }
  // As the real server says it: where one schema holds for all versions, it stands at the top
  const at = (index: number) => (versions.length === 1 ? "spec.validation" : `spec.versions[${index}].schema`);
  return [
    ...problems,
    ...versions.flatMap(({ name }, index) => checkName(`spec.versions[${index}].name`, name ?? "", "label")),
    ...versions.flatMap(({ schema }, index) =>
      !isObject(schema?.openAPIV3Schema)
        ? [problem.required(`spec.versions[${index}].schema.openAPIV3Schema`, "schemas are required")]
        : checkDeclared(schema.openAPIV3Schema as Schema, `${at(index)}.openAPIV3Schema`),
    ),
  ];
}

function checkChange(spec: CrdSpec, old: CrdSpec, status: unknown): Problem[] {
  const fixed = { group: [spec.group, old.group], scope: [spec.scope, old.scope] };
  const named = {
    "names.kind": [spec.names.kind, old.names.kind],
    "names.plural": [spec.names.plural, old.names.plural],
  };
  const stored = arrayOr<string>(objectOr(status)["storedVersions"]);
  return [
    ...Object.entries({ ...fixed, ...named })
      .filter(([, [now, before]]) => !equal(now, before))
      .map(([field, [now]]) => problem.invalid(`spec.${field}`, now, "field is immutable")),
    ...stored.flatMap((version, index) =>
      spec.versions.some(({ name }) => name === version)
        ? []
        : [problem.invalid(`status.storedVersions[${index}]`, version, missingText(version))],
    ),
  ];
}

function missingText(version: string): string {
  return `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`;
}

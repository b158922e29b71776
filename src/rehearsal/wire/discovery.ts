import type { Kind, KindRegistry } from "../core/kinds.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import { reviews } from "./reviews.ts";
import { type Subresource, subresourcesOf } from "./subresources.ts";

/** What discovery tells of a resource. */
interface Entry extends Pick<Kind, "group" | "version" | "kind" | "plural" | "namespaced"> {
  readonly singular: string;
  readonly verbs: readonly string[];
  /** `shortNames` and `categories`, where there are any. */
  readonly names: object;
  readonly subresources: readonly Subresource[];
}

const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** The version whose behaviour is followed: the one the recorded answers come from. */
const version = {
  major: "1",
  minor: "35",
  gitVersion: "v1.35.4+aura-rehearsal",
  platform: `${process.platform}/${process.arch}`,
};

/** The documents by which clients learn what is served, or undefined for any other path. */
export function discovery(registry: KindRegistry, pathname: string, accept: string): Answer | undefined {
  const [, root, first, second, ...more] = pathname.replace(/\/$/, "").split("/");
  if (root === "version" && first === undefined) return jsonAnswer(version);
  const isCore = root === "api";
  if ((!isCore && root !== "apis") || more.length > 0 || (isCore && second !== undefined)) return undefined;
  const entries = [...registry.all().map(entryOf), ...reviewEntries].filter(({ group }) => (group === "") === isCore);
  if (first === undefined) return rootDocument(entries, isCore, accept);
  const ofGroup = isCore ? entries : entries.filter(({ group }) => group === first);
  const wanted = isCore ? first : second;
  if (wanted === undefined) return ofGroup.length > 0 ? jsonAnswer(groupObject(first, ofGroup)) : undefined;
  const listed = ofGroup.filter((entry) => entry.version === wanted);
  return listed.length > 0 ? jsonAnswer(resourceList(isCore ? wanted : `${first}/${wanted}`, listed)) : undefined;
}

function entryOf(kind: Kind): Entry {
  const { shortNames, categories = [], singular = kind.kind.toLowerCase() } = kind;
  const names = { ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }) };
  const verbs = kind.leftOut === undefined ? allVerbs : ["get", "list", "watch"];
  return { ...kind, singular, verbs, names, subresources: subresourcesOf(kind) };
}

const reviewEntries = reviews.map(({ apiVersion, kind, plural }): Entry => {
  const [group = "", of = ""] = apiVersion.split("/");
  const more = { namespaced: false, singular: kind.toLowerCase(), verbs: ["create"], names: {}, subresources: [] };
  return { group, version: of, kind, plural, ...more };
});

/** Entries by one of their fields, in the order in which they come. */
function by(entries: readonly Entry[], field: "group" | "version"): [string, Entry[]][] {
  const values = [...new Set(entries.map((entry) => entry[field]))];
  return values.map((value) => [value, entries.filter((entry) => entry[field] === value)]);
}

function rootDocument(entries: readonly Entry[], isCore: boolean, accept: string): Answer {
  const aggregated = /g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(accept);
  if (aggregated?.[1] !== undefined) {
    const apiVersion = `apidiscovery.k8s.io/${aggregated[1]}`;
    const items = by(entries, "group").map(([name, list]) => ({ metadata: { name }, versions: versionObjects(list) }));
    const list = jsonAnswer({ kind: "APIGroupDiscoveryList", apiVersion, metadata: {}, items });
    return { ...list, contentType: `application/json;${aggregated[0]}` };
  }
  if (isCore) return jsonAnswer({ kind: "APIVersions", versions: ["v1"] });
  const groups = by(entries, "group").map(([name, list]) => groupObject(name, list));
  return jsonAnswer({ kind: "APIGroupList", apiVersion: "v1", groups });
}

function groupObject(name: string, entries: readonly Entry[]): object {
  const versions = by(entries, "version").map(([one]) => ({ groupVersion: `${name}/${one}`, version: one }));
  return { kind: "APIGroup", apiVersion: "v1", name, versions, preferredVersion: versions[0] };
}

function resourceList(groupVersion: string, entries: readonly Entry[]): object {
  const resources = entries.flatMap(({ plural, singular, namespaced, kind, verbs, names, subresources }) => [
    { name: plural, singularName: singular, namespaced, kind, verbs, ...names },
    ...subresources.map(({ name, ...more }) => ({ name: `${plural}/${name}`, singularName: "", namespaced, ...more })),
  ]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

function versionObjects(entries: readonly Entry[]): object[] {
  return by(entries, "version").map(([one, list]) => ({
    ...{ version: one, freshness: "Current" },
    resources: list.map(aggregatedResource),
  }));
}

function aggregatedResource({ group, version: of, plural, kind, namespaced, singular, verbs, ...more }: Entry): object {
  const subresources = more.subresources.map((one) => ({
    subresource: one.name,
    responseKind: { group: one.group ?? group, version: one.version ?? of, kind: one.kind },
    verbs: one.verbs,
  }));
  return {
    resource: plural,
    responseKind: { group, version: of, kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...more.names,
    ...(subresources.length > 0 && { subresources }),
  };
}

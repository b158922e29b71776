import type { Kind, KindRegistry } from "../core/kinds.ts";

interface Document {
  readonly body: object;
  readonly contentType?: string;
}

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const aggregated = "apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The version whose behaviour is followed: the one the recorded answers come from. */
const version = {
  major: "1",
  minor: "35",
  gitVersion: "v1.35.4+aura-rehearsal",
  platform: `${process.platform}/${process.arch}`,
};

/** The documents by which clients learn what is served, or undefined for any other path. */
export function discovery(registry: KindRegistry, pathname: string, accept: string): Document | undefined {
  const kinds = registry.all();
  const groups = [...new Set(kinds.map(({ group }) => group))].filter((name) => name !== "");
  const path = pathname.replace(/(.)\/$/, "$1");
  const wantsAggregated = accept.includes(`g=${aggregated}`);
  if (path === "/version") return { body: version };
  if (path === "/api")
    return wantsAggregated ? aggregatedList(kinds, [""]) : { body: { kind: "APIVersions", versions: ["v1"] } };
  if (path === "/apis") return wantsAggregated ? aggregatedList(kinds, groups) : { body: groupList(kinds, groups) };
  const group = groups.find((name) => path === `/apis/${name}`);
  if (group !== undefined) return { body: groupObject(kinds, group) };
  const served = kinds.filter((kind) => path === `${kind.group === "" ? "/api" : "/apis"}/${kind.apiVersion}`);
  return served[0] && { body: resourceList(served[0].apiVersion, served) };
}

function groupObject(kinds: readonly Kind[], group: string): object {
  const versions = [...new Set(kinds.filter((kind) => kind.group === group).map((kind) => kind.version))];
  const listed = versions.map((name) => ({ groupVersion: `${group}/${name}`, version: name }));
  return { kind: "APIGroup", apiVersion: "v1", name: group, versions: listed, preferredVersion: listed[0] };
}

function groupList(kinds: readonly Kind[], groups: readonly string[]): object {
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map((group) => groupObject(kinds, group)) };
}

function resourceList(apiVersion: string, served: readonly Kind[]): object {
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersion, resources: served.flatMap(resources) };
}

function resources(kind: Kind): object[] {
  const { plural, namespaced, shortNames } = kind;
  const main = {
    name: plural,
    singularName: kind.kind.toLowerCase(),
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
  };
  return [
    main,
    ...subresourcesOf(kind).map(({ name, ...more }) => ({
      name: `${plural}/${name}`,
      singularName: "",
      namespaced,
      ...more,
    })),
  ];
}

function subresourcesOf(kind: Kind) {
  const status = { name: "status", kind: kind.kind, verbs: ["get", "patch", "update"] };
  const ofPods = [
    { name: "binding", kind: "Binding", verbs: ["create"] },
    { name: "eviction", group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] },
    { name: "log", kind: "Pod", verbs: ["get"] },
  ];
  return [...(kind.status ? [status] : []), ...(kind.kind === "Pod" ? ofPods : [])];
}

function aggregatedList(kinds: readonly Kind[], names: readonly string[]): Document {
  const items = names.map((name) => ({
    metadata: { name },
    versions: [...new Set(kinds.filter(({ group }) => group === name).map((kind) => kind.version))].map((one) =>
      versionObject(kinds, name, one),
    ),
  }));
  const body = { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
  return { body, contentType: `application/json;g=${aggregated}` };
}

function versionObject(kinds: readonly Kind[], name: string, version: string): object {
  const served = kinds.filter((kind) => kind.group === name && kind.version === version);
  return { version, freshness: "Current", resources: served.map((kind) => aggregatedResource(kind)) };
}

function aggregatedResource(kind: Kind): object {
  const { group, version: of, plural, namespaced, shortNames } = kind;
  return {
    resource: plural,
    responseKind: { group, version: of, kind: kind.kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.kind.toLowerCase(),
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    subresources: subresourcesOf(kind).map((one) => ({
      subresource: one.name,
      responseKind: { group: "group" in one ? one.group : group, version: of, kind: one.kind },
      verbs: one.verbs,
    })),
  };
}

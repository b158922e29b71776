import type { KindRef } from "../../cluster/api.ts";
import type { Schema } from "../schema/schema.ts";
import { noSuchResource } from "./status-errors.ts";

/** A column of `kubectl get`, as `additionalPrinterColumns` of a CRD has it. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly jsonPath: string;
  /** Above 0: shown by `-o wide` only. */
  readonly priority?: number;
  readonly description?: string;
  readonly format?: string;
}

/** Where the scale subresource reads and writes, as paths like `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** A kind of the API in one version, and what its writes have to keep to. */
export interface Kind extends KindRef {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Default: the kind in lower case. */
  readonly singular?: string;
  /** Default: the kind with `List` behind it. */
  readonly listKind?: string;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Has a status subresource: main writes ignore `status`, status writes ignore the rest. */
  readonly status: boolean;
  readonly scale?: ScalePaths;
  /** `metadata.generation` counts changes of what is neither metadata nor status. */
  readonly generation: boolean;
  /** Defined by a CRD: unknown fields are pruned, strategic patches refused. */
  readonly custom: boolean;
  /** Field selectors beside `metadata.name` and `metadata.namespace`. */
  readonly fields: readonly string[];
  readonly columns?: readonly Column[];
  readonly schema?: Schema;
  /** Why there are no objects of this kind and none can be made: it is listed as empty, writes are refused. */
  readonly leftOut?: string;
}

/** The kinds that a core serves. They change while it runs: a CustomResourceDefinition adds, changes or ends some. */
export interface KindRegistry {
  /** The kind of an object or of a reference to one; fails with 404 when it is not served. */
  of(ref: KindRef): Kind;
  find(ref: KindRef): Kind | undefined;
  /** The kind behind a URL's resource, such as `batch/v1` and `jobs`. */
  ofResource(apiVersion: string, plural: string): Kind | undefined;
  /** Every kind in every version served. */
  all(): readonly Kind[];
  /** Every kind once, in the version that is preferred: for what goes through all objects. */
  resources(): readonly Kind[];
  /** Makes these the versions of a resource (the preferred one first), in place of those there were; none ends it. */
  set(group: string, plural: string, kinds: readonly Kind[]): void;
  /** Calls back after each change. Returns the unsubscribe function. */
  subscribe(listener: () => void): () => void;
}

/** A registry that starts with these kinds, in the order given. */
export function createKinds(initial: readonly Kind[]): KindRegistry {
  const listeners = new Set<() => void>();
  let [all, byRef, byResource, resources] = index(initial);
  return {
    of(ref) {
      const kind = byRef.get(`${ref.apiVersion}/${ref.kind}`);
      if (kind === undefined) throw noSuchResource();
      return kind;
    },
    find: (ref) => byRef.get(`${ref.apiVersion}/${ref.kind}`),
    ofResource: (apiVersion, plural) => byResource.get(`${apiVersion}/${plural}`),
    all: () => all,
    resources: () => resources,
    set(group, plural, kinds) {
      const others = all.filter((kind) => kind.group !== group || kind.plural !== plural);
      [all, byRef, byResource, resources] = index([...others, ...kinds]);
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function index(all: readonly Kind[]) {
  const byRef = new Map(all.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]));
  const byResource = new Map(all.map((kind) => [`${kind.apiVersion}/${kind.plural}`, kind]));
  const first = new Map([...all].reverse().map((kind) => [`${kind.group}/${kind.plural}`, kind]));
  return [all, byRef, byResource, all.filter((kind) => first.get(`${kind.group}/${kind.plural}`) === kind)] as const;
}

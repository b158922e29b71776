import type { Column, Kind, ScalePaths } from "../core/kinds.ts";
import { builtinSchema } from "./builtin-types.ts";
import type { Schema } from "./schema.ts";

/** A version of a kind that a CustomResourceDefinition defines. */
export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly Column[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

/** The spec of a CustomResourceDefinition (apiextensions.k8s.io/v1), as it is stored. */
export interface CrdSpec {
  readonly group: string;
  readonly names: {
    readonly plural: string;
    readonly singular?: string;
    readonly kind: string;
    readonly listKind?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly scope: "Namespaced" | "Cluster";
  readonly versions: readonly CrdVersion[];
  readonly conversion?: { readonly strategy?: string };
}

const kindsBySpec = new WeakMap<CrdSpec, readonly Kind[]>();

/** The kinds that a CRD serves, the preferred version first; the same ones for the same spec. */
export function kindsOf(spec: CrdSpec): readonly Kind[] {
  const found = kindsBySpec.get(spec);
  if (found !== undefined) return found;
  const served = spec.versions.filter(({ served: isServed }) => isServed);
  const made = served.sort((a, b) => compareVersions(a.name, b.name)).map((version) => kindOf(spec, version));
  kindsBySpec.set(spec, made);
  return made;
}

function kindOf({ group, names, scope }: CrdSpec, version: CrdVersion): Kind {
  const { scale, status } = version.subresources ?? {};
  const { schema, additionalPrinterColumns: columns, selectableFields = [] } = version;
  return {
    ...{ apiVersion: `${group}/${version.name}`, group, version: version.name, kind: names.kind, plural: names.plural },
    ...(names.singular !== undefined && { singular: names.singular }),
    ...(names.listKind !== undefined && { listKind: names.listKind }),
    ...(names.categories !== undefined && { categories: names.categories }),
    shortNames: names.shortNames ?? [],
    namespaced: scope === "Namespaced",
    status: status !== undefined,
    ...(scale && { scale }),
    ...(columns && { columns }),
    ...{ generation: true, custom: true, fields: selectableFields.map(({ jsonPath }) => jsonPath.replace(/^\./, "")) },
    schema: rootSchema(schema?.openAPIV3Schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true }),
  };
}

const own = new WeakMap<Schema, Schema>();

/** The schema with the metadata that every object has. */
function rootSchema(schema: Schema): Schema {
  const metadata = builtinSchema("v1", "ConfigMap")?.properties?.["metadata"] ?? { type: "object" };
  const text: Schema = { type: "string" };
  const root = { ...schema, properties: { ...schema.properties, apiVersion: text, kind: text, metadata } };
  own.set(root, schema);
  return root;
}

/** The schema as the CRD has it, which is what objects are checked by. */
export function declaredSchema({ schema }: Kind): Schema | undefined {
  return schema && own.get(schema);
}

const shape = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** By Kubernetes' order of versions: v2, v1, v1beta1, v1alpha1, and then others by name. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  if (x === undefined || y === undefined) return x === y ? a.localeCompare(b) : x === undefined ? 1 : -1;
  const at = x.findIndex((value, index) => value !== y[index]);
  return at < 0 ? 0 : (y[at] ?? 0) - (x[at] ?? 0);
}

function rank(version: string): readonly number[] | undefined {
  const match = shape.exec(version);
  if (match === null) return undefined;
  const [, major, stage, minor = 0] = match;
  return [stage === undefined ? 2 : stage === "beta" ? 1 : 0, Number(major), Number(minor)];
}

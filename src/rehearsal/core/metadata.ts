import type { ObjectMeta, OwnerReference } from "../../cluster/objects.ts";
import type { Kind } from "./kinds.ts";
import { type Problem, problem } from "./status-errors.ts";

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;

/** Shapes of names as apimachinery's validation words them. */
const shapes = {
  subdomain: {
    pattern: new RegExp(`^${subdomain}$`),
    length: 253,
    text: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
  },
  label: {
    pattern: new RegExp(`^${label}$`),
    length: 63,
    text: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  },
  /** Whatever can stand in a path, such as `system:node`. */
  segment: {
    pattern: /^(?!\.{1,2}$)[^/%]+$/,
    length: 253,
    text: "may not be '.' or '..' and may not contain '/' or '%'",
  },
} as const;

const keyPattern = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const keyText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Problems of a name in the shape that its field asks for. */
export function checkName(field: string, name: string, shape: keyof typeof shapes = "subdomain"): Problem[] {
  const { pattern, length, text } = shapes[shape];
  const problems: Problem[] = [];
  if (name.length > length) problems.push(problem.invalid(field, name, `must be no more than ${length} characters`));
  if (!pattern.test(name)) problems.push(problem.invalid(field, name, text));
  return problems;
}

/** Leaves out what is empty, in place: the API never shows it. */
export function tidyMetadata(metadata: ObjectMeta): void {
  for (const field of ["labels", "annotations", "finalizers", "ownerReferences"] as const) {
    if (Object.keys(metadata[field] ?? {}).length === 0) delete metadata[field];
  }
}

/** Problems of an object's metadata; with `old`, of its change. */
export function checkMetadata(kind: Kind, metadata: ObjectMeta, old?: ObjectMeta): Problem[] {
  const { name, labels = {}, annotations = {}, finalizers = [], ownerReferences = [] } = metadata;
  if (name === undefined) return [problem.required("metadata.name", "name or generateName is required")];
  const shape =
    kind.group === "rbac.authorization.k8s.io" ? "segment" : kind.kind === "Namespace" ? "label" : "subdomain";
  return [
    ...(old === undefined ? checkName("metadata.name", name, shape) : []),
    ...checkLabels("metadata.labels", labels),
    ...checkAnnotations("metadata.annotations", annotations),
    ...finalizers.flatMap((finalizer) => checkKey("metadata.finalizers", finalizer)),
    ...ownerReferences.flatMap(checkOwner),
    ...(old?.deletionTimestamp === undefined ? [] : newFinalizers(finalizers, old)),
  ];
}

export function checkLabels(field: string, labels: Readonly<Record<string, unknown>>): Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => [...checkKey(field, key), ...checkLabelValue(field, value)]);
}

/** `prefix/name`: the prefix a subdomain, the name at most 63 characters. */
export function checkKey(field: string, key: string): Problem[] {
  const parts = key.split("/");
  const name = parts.pop() ?? "";
  const problems: Problem[] = [];
  if (parts.length > 1)
    return [
      problem.invalid(
        field,
        key,
        `a qualified name ${keyText.slice("name part ".length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ),
    ];
  if (parts[0] !== undefined && !shapes.subdomain.pattern.test(parts[0]))
    problems.push(problem.invalid(field, key, `prefix part ${shapes.subdomain.text}`));
  if (name === "") problems.push(problem.invalid(field, key, "name part must be non-empty"));
  if (name.length > 63) problems.push(problem.invalid(field, key, "name part must be no more than 63 characters"));
  if (!keyPattern.test(name)) problems.push(problem.invalid(field, key, keyText));
  return problems;
}

export function checkLabelValue(field: string, value: unknown): Problem[] {
  const text = String(value);
  if (text.length > 63) return [problem.invalid(field, value, "must be no more than 63 characters")];
  return text === "" || (typeof value === "string" && keyPattern.test(text))
    ? []
    : [problem.invalid(field, value, valueText)];
}

export function checkAnnotations(field: string, annotations: Readonly<Record<string, string>>): Problem[] {
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  return [
    ...Object.keys(annotations).flatMap((key) => checkKey(field, key.toLowerCase())),
    ...(size > 262_144 ? [problem.tooLong(field, 262_144)] : []),
  ];
}

function checkOwner(owner: OwnerReference, index: number): Problem[] {
  const field = `metadata.ownerReferences[${index}]`;
  return (["apiVersion", "kind", "name", "uid"] as const)
    .filter((key) => !owner[key])
    .map((key) => problem.invalid(`${field}.${key}`, owner[key] ?? "", "must not be empty"));
}

function newFinalizers(finalizers: readonly string[], old: ObjectMeta): Problem[] {
  const added = finalizers.filter((finalizer) => !old.finalizers?.includes(finalizer));
  if (added.length === 0) return [];
  const list = added.map((name) => `"${name}"`).join(", ");
  return [
    problem.forbidden(
      "metadata.finalizers",
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}

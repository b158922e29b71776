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
export function checkName(
  field: string,
  name: string,
  shape: keyof typeof shapes = "subdomain",
  shown = name,
): Problem[] {
  const { pattern, length, text } = shapes[shape];
  const problems: Problem[] = [];
  if (name.length > length) problems.push(problem.invalid(field, shown, `must be no more than ${length} characters`));
  if (!pattern.test(name)) problems.push(problem.invalid(field, shown, text));
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
  const { name, generateName = "", labels = {}, annotations = {}, finalizers = [], ownerReferences = [] } = metadata;
  if (name === undefined) return [problem.required("metadata.name", "name or generateName is required")];
  const shape =
    kind.group === "rbac.authorization.k8s.io" ? "segment" : kind.kind === "Namespace" ? "label" : "subdomain";
  return [
    // A prefix may end as a name may not: more follows
    ...(old === undefined && generateName !== ""
      ? checkName("metadata.generateName", generateName.replace(/-$/, "a"), shape, generateName)
      : []),
    ...(old === undefined ? checkName("metadata.name", name, shape) : []),
    ...checkLabels("metadata.labels", labels),
    ...checkAnnotations("metadata.annotations", annotations),
    ...ownerReferences.flatMap(checkOwner),
    ...oneController(ownerReferences),
    ...finalizers.flatMap((finalizer) => checkKey("metadata.finalizers", finalizer)),
    ...(kind.custom || kind.group === "apiextensions.k8s.io" ? [] : finalizers.flatMap(checkQualified)),
    ...(old?.deletionTimestamp === undefined ? [] : newFinalizers(finalizers, old)),
  ];
}

export function checkLabels(field: string, labels: Readonly<Record<string, unknown>>): Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => [...checkKey(field, key), ...checkLabelValue(field, value)]);
}

/** `prefix/name`: the prefix a subdomain, the name at most 63 characters; `checked` is what is looked at. */
export function checkKey(field: string, key: string, checked = key): Problem[] {
  const parts = checked.split("/");
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
  if (parts[0] === "") problems.push(problem.invalid(field, key, "prefix part must be non-empty"));
  else if (parts[0] !== undefined && !shapes.subdomain.pattern.test(parts[0]))
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
    ...Object.keys(annotations).flatMap((key) => checkKey(field, key, key.toLowerCase())),
    ...(size > 262_144 ? [problem.tooLong(field, 262_144)] : []),
  ];
}

function checkOwner(owner: OwnerReference, index: number): Problem[] {
  const field = `metadata.ownerReferences[${index}]`;
  const isEvent = owner.apiVersion === "v1" && owner.kind === "Event";
  return [
    ...(owner.apiVersion ? [] : [problem.invalid(`${field}.apiVersion`, "", "version must not be empty")]),
    ...(["kind", "name", "uid"] as const)
      .filter((key) => !owner[key])
      .map((key) => problem.invalid(`${field}.${key}`, owner[key] ?? "", "must not be empty")),
    ...(isEvent ? [problem.invalid(field, owner, "/v1, Kind=Event is disallowed from being an owner")] : []),
  ];
}

function oneController(owners: readonly OwnerReference[]): Problem[] {
  const [first, ...others] = owners.filter(({ controller }) => controller === true);
  const text = (owner: OwnerReference | undefined) => `${owner?.kind}/${owner?.name}`;
  const why = 'Only one reference can have Controller set to true. Found "true" in references for';
  return others.map((other) =>
    problem.invalid("metadata.ownerReferences", owners, `${why} ${text(first)} and ${text(other)}`),
  );
}

/** A finalizer of Kubernetes' own, or one with a domain: asked of all but CRDs and what they define. */
function checkQualified(finalizer: string, index: number): Problem[] {
  const isKnown = finalizer.includes("/") || ["kubernetes", "orphan", "foregroundDeletion"].includes(finalizer);
  const why = "name is neither a standard finalizer name nor is it fully qualified";
  return isKnown ? [] : [problem.invalid(`metadata.finalizers[${index}]`, finalizer, why)];
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

const configKeyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** A key of a ConfigMap or a Secret, which may become a file's name. */
export function checkConfigKey(key: string, field: string): Problem[] {
  const wrong: readonly (readonly [boolean, string])[] = [
    [key.length > 253, "must be no more than 253 characters"],
    [!/^[-._a-zA-Z0-9]+$/.test(key), configKeyText],
    [key === ".", "must not be '.'"],
    [key === "..", "must not be '..'"],
    [/^\.\../.test(key), "must not start with '..'"],
  ];
  return wrong.flatMap(([is, why]) => (is ? [problem.invalid(field, key, why)] : []));
}

import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "./context.ts";
import { equal, objectOr } from "./json.ts";
import { setDefaults } from "./pod-defaults.ts";
import { checkTaints } from "./pod-spec.ts";
import { type Problem, problem } from "./status-errors.ts";

/** The most bytes of a ConfigMap or Secret. */
const mostBytes = 1_048_576;
const keyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

export const namespaceRules = {
  prepare(namespace: AnyObject, _: CoreContext, old?: AnyObject): void {
    const { metadata } = namespace;
    metadata.labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name ?? "" };
    if (old !== undefined) return;
    namespace["spec"] = { finalizers: ["kubernetes"] };
    namespace["status"] = { phase: "Active" };
  },
};

export const nodeRules = {
  prepare(node: AnyObject): void {
    setDefaults(node, { spec: {}, status: {} });
  },
  check: (node: AnyObject): Problem[] => checkTaints(objectOr(node["spec"])["taints"], "spec.taints"),
};

export const configMapRules = { check: checkData };

export const secretRules = {
  prepare(secret: AnyObject): void {
    setDefaults(secret, { type: "Opaque" });
    const written = Object.entries(objectOr(secret["stringData"]));
    const encoded = written.map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
    if (written.length > 0) secret["data"] = { ...objectOr(secret["data"]), ...Object.fromEntries(encoded) };
    delete secret["stringData"];
  },
  check(secret: AnyObject, old: AnyObject | undefined): Problem[] {
    const retyped = old !== undefined && old["type"] !== secret["type"];
    return [
      ...(retyped ? [problem.invalid("type", secret["type"], "field is immutable")] : []),
      ...checkData(secret, old),
    ];
  },
};

export const priorityClassRules = {
  prepare(priorityClass: AnyObject): void {
    setDefaults(priorityClass, { value: 0, preemptionPolicy: "PreemptLowerPriority" });
  },
  check(priorityClass: AnyObject, old: AnyObject | undefined): Problem[] {
    const { value } = priorityClass;
    if (old !== undefined && old["value"] !== value)
      return [problem.forbidden("value", "may not be changed in an update.")];
    const isSystem = priorityClass.metadata.name?.startsWith("system-") ?? false;
    const most = "maximum allowed value of a user defined priority is 1000000000";
    return Number(value) > 1_000_000_000 && !isSystem ? [problem.forbidden("value", most)] : [];
  },
};

export const budgetRules = {
  check({ spec }: AnyObject): Problem[] {
    const { minAvailable, maxUnavailable } = objectOr(spec);
    if (minAvailable === undefined || maxUnavailable === undefined) return [];
    return [problem.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")];
  },
};

/** Keys, size, and that what was declared immutable stays. */
function checkData(object: AnyObject, old: AnyObject | undefined): Problem[] {
  const entries = ["data", "binaryData"].flatMap((field) =>
    Object.entries(objectOr(object[field])).map(([key, value]) => ({ field: `${field}[${key}]`, key, value })),
  );
  const size = entries.reduce((sum, { key, value }) => sum + key.length + String(value).length, 0);
  return [
    ...entries
      .filter(({ key }) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map(({ field, key }) => problem.invalid(field, key, keyText)),
    ...(size > mostBytes ? [problem.tooLong("", mostBytes)] : []),
    ...(old?.["immutable"] === true ? sealed(object, old) : []),
  ];
}

function sealed(object: AnyObject, old: AnyObject): Problem[] {
  const text = "field is immutable when `immutable` is set";
  return ["immutable", "data", "binaryData"]
    .filter((field) => !equal(object[field], old[field]))
    .map((field) => problem.forbidden(field, text));
}

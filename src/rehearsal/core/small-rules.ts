import type { AnyObject } from "../../cluster/objects.ts";
import { atLeast, atMostAll, checkSelector, intOrPercent, oneOf } from "./checks.ts";
import type { CoreContext } from "./context.ts";
import { equal, objectOr } from "./json.ts";
import { checkTaints } from "./placement-rules.ts";
import { setDefaults } from "./pod-defaults.ts";
import { type Problem, problem } from "./status-errors.ts";

/** The most bytes of a ConfigMap or Secret. */
const mostBytes = 1_048_576;
const keyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** The keys that a Secret of a type has to have. */
const requiredKeys: Record<string, readonly string[]> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

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
  check(node: AnyObject, old: AnyObject | undefined): Problem[] {
    const { taints, providerID } = objectOr(node["spec"]);
    const before = objectOr(old?.["spec"])["providerID"];
    const why = 'node updates may not change providerID except from "" to valid';
    return [
      ...checkTaints(taints, "spec.taints"),
      ...(before && before !== providerID ? [problem.forbidden("spec.providerID", why)] : []),
    ];
  },
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
    const missing = (requiredKeys[String(secret["type"])] ?? []).filter((key) => !(key in objectOr(secret["data"])));
    return [
      ...(retyped ? [problem.invalid("type", secret["type"], "field is immutable")] : []),
      ...checkData(secret, old),
      ...missing.map((key) => problem.required(`data[${key}]`)),
    ];
  },
};

export const priorityClassRules = {
  prepare(priorityClass: AnyObject): void {
    setDefaults(priorityClass, { value: 0, preemptionPolicy: "PreemptLowerPriority" });
  },
  check(priorityClass: AnyObject, old: AnyObject | undefined): Problem[] {
    const { value, preemptionPolicy } = priorityClass;
    if (old !== undefined)
      return [
        ...(old["value"] === value ? [] : [problem.forbidden("value", "may not be changed in an update.")]),
        ...(old["preemptionPolicy"] === preemptionPolicy
          ? []
          : [problem.invalid("preemptionPolicy", preemptionPolicy, "field is immutable")]),
      ];
    const isSystem = priorityClass.metadata.name?.startsWith("system-") ?? false;
    const most = "maximum allowed value of a user defined priority is 1000000000";
    return Number(value) > 1_000_000_000 && !isSystem ? [problem.forbidden("value", most)] : [];
  },
};

export const budgetRules = {
  prepare(budget: AnyObject, _: CoreContext, old?: AnyObject): void {
    const counts = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
    if (old === undefined) budget["status"] = counts;
  },
  check({ spec }: AnyObject): Problem[] {
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = objectOr(spec);
    const both = minAvailable !== undefined && maxUnavailable !== undefined;
    return [
      ...(both ? [problem.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")] : []),
      ...Object.entries({ minAvailable, maxUnavailable }).flatMap(([name, value]) => [
        ...intOrPercent(value, `spec.${name}`),
        ...atMostAll(value, `spec.${name}`),
      ]),
      ...checkSelector(selector, "spec.selector"),
      ...oneOf(unhealthyPodEvictionPolicy, "spec.unhealthyPodEvictionPolicy", ["AlwaysAllow", "IfHealthyBudget"]),
    ];
  },
};

export const leaseRules = {
  check({ spec }: AnyObject): Problem[] {
    const { leaseDurationSeconds = 1, leaseTransitions, holderIdentity } = objectOr(spec);
    const positive = "must be greater than 0";
    return [
      ...(Number(leaseDurationSeconds) > 0
        ? []
        : [problem.invalid("spec.leaseDurationSeconds", leaseDurationSeconds, positive)]),
      ...atLeast(leaseTransitions, "spec.leaseTransitions", 0),
      ...(holderIdentity === "" ? [problem.invalid("spec.holderIdentity", "", "must not be empty")] : []),
    ];
  },
};

export const eventRules = {
  check({ metadata, involvedObject }: AnyObject): Problem[] {
    const { namespace = "" } = objectOr(involvedObject);
    const fits = namespace === "" ? metadata.namespace === "default" : namespace === metadata.namespace;
    return fits ? [] : [problem.invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
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

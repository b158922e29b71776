import type { AnyObject } from "../../cluster/objects.ts";
import { atLeast, atMostAll, checkSelector, intOrPercent, oneOf } from "./checks.ts";
import type { CoreContext } from "./context.ts";
import { equal, objectOr } from "./json.ts";
import { checkConfigKey } from "./metadata.ts";
import { checkTaints } from "./placement-rules.ts";
import { setDefaults } from "./pod-defaults.ts";
import { forbidden, type Problem, problem } from "./status-errors.ts";

/** The most bytes of a ConfigMap or Secret. */
const mostBytes = 1_048_576;

/** The keys that a Secret of a type has to have; of those of basic-auth one will do. */
const requiredKeys: Record<string, readonly string[]> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/basic-auth": ["username", "password"],
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
    const type = String(secret["type"]);
    const keys = requiredKeys[type] ?? [];
    const absent = keys.filter((key) => !(key in objectOr(secret["data"])));
    const missing = type === "kubernetes.io/basic-auth" && absent.length < keys.length ? [] : absent;
    const account = "kubernetes.io/service-account.name";
    const isAnonymous = type === "kubernetes.io/service-account-token" && !secret.metadata.annotations?.[account];
    return [
      ...(retyped ? [problem.invalid("type", secret["type"], "field is immutable")] : []),
      ...checkData(secret, old),
      ...missing.map((key) => problem.required(`data[${key}]`)),
      ...(isAnonymous ? [problem.required(`metadata.annotations[${account}]`)] : []),
    ];
  },
};

export const priorityClassRules = {
  prepare(priorityClass: AnyObject, context: CoreContext, old?: AnyObject): void {
    setDefaults(priorityClass, { value: 0, preemptionPolicy: "PreemptLowerPriority" });
    if (priorityClass["globalDefault"] === true) refuseSecondDefault(priorityClass, context, old);
  },
  check(priorityClass: AnyObject, old: AnyObject | undefined): Problem[] {
    const { value, preemptionPolicy, metadata } = priorityClass;
    if (old !== undefined)
      return [
        ...(old["value"] === value ? [] : [problem.forbidden("value", "may not be changed in an update.")]),
        ...(old["preemptionPolicy"] === preemptionPolicy
          ? []
          : [problem.invalid("preemptionPolicy", preemptionPolicy, "field is immutable")]),
      ];
    const { name = "" } = metadata;
    const isSystem = name.startsWith("system-");
    const most = "maximum allowed value of a user defined priority is 1000000000";
    const reserved = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`;
    return [
      ...(isSystem && systemPriorities[name] !== value ? [problem.forbidden("metadata.name", reserved)] : []),
      ...(Number(value) > 1_000_000_000 && !isSystem ? [problem.forbidden("value", most)] : []),
      ...oneOf(preemptionPolicy, "preemptionPolicy", ["PreemptLowerPriority", "Never"]),
    ];
  },
};

/** The classes that every cluster has. */
export const systemPriorities: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

/** As the Priority admission plugin. */
function refuseSecondDefault({ apiVersion, kind, metadata }: AnyObject, context: CoreContext, old?: AnyObject): void {
  const served = context.kinds.of({ apiVersion, kind });
  const first = context.store.list(served).find((one) => one["globalDefault"] === true);
  if (first === undefined || first.metadata.name === old?.metadata.name) return;
  const why = `PriorityClass ${first.metadata.name} is already marked as default. Only one default can exist`;
  throw forbidden(served, metadata.name ?? "", why);
}

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
  const isText = object.kind === "ConfigMap";
  const bytes = (field: string, value: unknown) =>
    Buffer.byteLength(String(value), isText && field.startsWith("data[") ? "utf8" : "base64");
  const size = entries.reduce((sum, { field, value }) => sum + bytes(field, value), 0);
  const both = Object.keys(objectOr(object["binaryData"])).filter((key) => key in objectOr(object["data"]));
  return [
    ...entries.flatMap(({ field, key }) => checkConfigKey(key, field)),
    ...both.map((key) => problem.invalid(`data[${key}]`, key, "duplicate of key present in binaryData")),
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

import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "../core/context.ts";
import { equal, objectOr } from "../core/json.ts";
import { checkConfigKey } from "../core/metadata.ts";
import { forbidden, type Problem, problem } from "../core/status-errors.ts";
import { all, atLeast, atMostAll, checkOf, fields, intOrPercent, labelSelector, must, oneOf } from "./checks.ts";
import { taints } from "./placement-rules.ts";
import { setDefaults } from "./pod-defaults.ts";

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
  check: checkOf({ spec: fields({ taints }) }),
  change(node: AnyObject, old: AnyObject): Problem[] {
    const [before, after] = [old, node].map((one) => objectOr(one["spec"])["providerID"]);
    const why = 'node updates may not change providerID except from "" to valid';
    return before && before !== after ? [problem.forbidden("spec.providerID", why)] : [];
  },
};

export const configMapRules = { check: checkData, change: checkSealed };

export const secretRules = {
  prepare(secret: AnyObject): void {
    const written = Object.entries(objectOr(secret["stringData"]));
    const encoded = written.map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
    if (written.length > 0) secret["data"] = { ...objectOr(secret["data"]), ...Object.fromEntries(encoded) };
    delete secret["stringData"];
  },
  check(secret: AnyObject): Problem[] {
    const type = String(secret["type"]);
    const keys = requiredKeys[type] ?? [];
    const absent = keys.filter((key) => !(key in objectOr(secret["data"])));
    const missing = type === "kubernetes.io/basic-auth" && absent.length < keys.length ? [] : absent;
    const account = "kubernetes.io/service-account.name";
    const isAnonymous = type === "kubernetes.io/service-account-token" && !secret.metadata.annotations?.[account];
    return [
      ...checkData(secret),
      ...missing.map((key) => problem.required(`data[${key}]`)),
      ...(isAnonymous ? [problem.required(`metadata.annotations[${account}]`)] : []),
    ];
  },
  change: (secret: AnyObject, old: AnyObject) => [
    ...(old["type"] === secret["type"] ? [] : [problem.invalid("type", secret["type"], "field is immutable")]),
    ...checkSealed(secret, old),
  ],
};

export const priorityClassRules = {
  prepare(priorityClass: AnyObject, context: CoreContext, old?: AnyObject): void {
    if (priorityClass["globalDefault"] === true) refuseSecondDefault(priorityClass, context, old);
  },
  check({ value, preemptionPolicy, metadata }: AnyObject): readonly Problem[] {
    const { name = "" } = metadata;
    const isSystem = name.startsWith("system-");
    const most = "maximum allowed value of a user defined priority is 1000000000";
    const reserved = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`;
    return [
      ...(isSystem && systemPriorities[name] !== value ? [problem.forbidden("metadata.name", reserved)] : []),
      ...(Number(value) > 1_000_000_000 && !isSystem ? [problem.forbidden("value", most)] : []),
      ...oneOf("PreemptLowerPriority", "Never")(preemptionPolicy, "preemptionPolicy", {}, {}),
    ];
  },
  change: ({ value, preemptionPolicy }: AnyObject, old: AnyObject) => [
    ...(old["value"] === value ? [] : [problem.forbidden("value", "may not be changed in an update.")]),
    ...(old["preemptionPolicy"] === preemptionPolicy
      ? []
      : [problem.invalid("preemptionPolicy", preemptionPolicy, "field is immutable")]),
  ],
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
  check: checkOf({
    spec: all(
      must((spec) => {
        const { minAvailable, maxUnavailable } = objectOr(spec);
        return minAvailable === undefined || maxUnavailable === undefined;
      }, "minAvailable and maxUnavailable cannot be both set"),
      fields({
        minAvailable: all(intOrPercent, atMostAll),
        maxUnavailable: all(intOrPercent, atMostAll),
        selector: labelSelector,
        unhealthyPodEvictionPolicy: oneOf("AlwaysAllow", "IfHealthyBudget"),
      }),
    ),
  }),
};

export const leaseRules = {
  check: checkOf({
    spec: fields({
      leaseDurationSeconds: must((seconds) => Number(seconds) > 0, "must be greater than 0"),
      leaseTransitions: atLeast(0),
      holderIdentity: (holder, path) => (holder === "" ? [problem.invalid(path, "", "must not be empty")] : []),
    }),
  }),
};

export const eventRules = {
  check({ metadata, involvedObject }: AnyObject): Problem[] {
    const { namespace = "" } = objectOr(involvedObject);
    const fits = namespace === "" ? metadata.namespace === "default" : namespace === metadata.namespace;
    return fits ? [] : [problem.invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
  },
};

/** Keys and size. */
function checkData(object: AnyObject): Problem[] {
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
  ];
}

/** What was declared immutable stays. */
function checkSealed(object: AnyObject, old: AnyObject): Problem[] {
  const text = "field is immutable when `immutable` is set";
  return ["immutable", "data", "binaryData"]
    .filter((field) => old["immutable"] === true && !equal(object[field], old[field]))
    .map((field) => problem.forbidden(field, text));
}

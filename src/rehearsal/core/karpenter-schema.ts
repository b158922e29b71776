import type { Schema, SchemaRule } from "./schema.ts";

// What the kinds of Karpenter v1.14.1 have in common: a short way to write schemas, and shared parts.

export const text = (traits: Schema = {}): Schema => ({ type: "string", ...traits });
export const integer = (traits: Schema = {}): Schema => ({ type: "integer", ...traits });
export const int32 = (minimum: number, maximum?: number): Schema =>
  integer({ format: "int32", minimum, ...(maximum !== undefined && { maximum }) });
export const flag: Schema = { type: "boolean" };
export const choice = (...words: readonly string[]): Schema => text({ enum: words });
export const list = (items: Schema, traits: Schema = {}): Schema => ({ type: "array", items, ...traits });
export const map = (values: Schema, traits: Schema = {}): Schema => ({
  type: "object",
  additionalProperties: values,
  ...traits,
});
export const object = (properties: Record<string, Schema>, traits: Schema = {}): Schema => ({
  type: "object",
  properties,
  ...traits,
});
/** Rules in CEL by what is said when they do not hold. */
export const rules = (all: Readonly<Record<string, string>>) => ({
  "x-kubernetes-validations": Object.entries(all).map(([message, rule]): SchemaRule => ({ message, rule })),
});

/** A word in CEL's quotes. */
export const quoted = (words: readonly string[]): string => `[${words.map((word) => `'${word}'`).join(", ")}]`;

export const filled = (name: string, how = "may not"): Schema =>
  text(rules({ [`${name} ${how} be empty`]: "self != ''" }));

const quantityPattern =
  "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";
export const quantity: Schema = {
  anyOf: [{ type: "integer" }, { type: "string" }],
  pattern: quantityPattern,
  "x-kubernetes-int-or-string": true,
};
export const durationOrNever = "^(([0-9]+(s|m|h))+|Never)$";

const labelKey =
  "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(\\/))?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";
export const labelValue = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$";

const instanceLabels = [
  ...["category", "family", "generation", "size", "cpu", "cpu-manufacturer", "cpu-sustained-clock-speed-mhz"],
  ...["memory", "hypervisor", "encryption-in-transit-supported", "local-nvme", "ebs-bandwidth", "network-bandwidth"],
  ...["gpu-name", "gpu-manufacturer", "gpu-count", "gpu-memory", "accelerator-name", "accelerator-manufacturer"],
  ...["accelerator-count", "capability-flex"],
].map((name) => `instance-${name}`);
const launchLabels = [
  ...["instance-tenancy", "capacity-reservation-type", "capacity-reservation-id", "capacity-reservation-interruptible"],
  ...["placement-group-id", "placement-group-partition"],
];

/** Rules for label keys, by message, of a text in the variable; a preview knows no labels that a launch decides. */
export function keyRules(variable: string, unlike: readonly string[], withLaunch = true): Record<string, string> {
  const inDomain = (domain: string, known: readonly string[]) =>
    `${variable} in ${quoted(known.map((name) => `${domain}/${name}`))} || !${variable}.find('^([^/]+)').endsWith('${domain}')`;
  const aws = ["ec2nodeclass", ...instanceLabels, ...(withLaunch ? launchLabels : [])];
  return {
    'label domain "karpenter.sh" is restricted': inDomain("karpenter.sh", ["capacity-type", "nodepool"]),
    ...Object.fromEntries(unlike.map((label) => [`label "${label}" is restricted`, `${variable} != '${label}'`])),
    'label domain "karpenter.k8s.aws" is restricted': inDomain("karpenter.k8s.aws", aws),
  };
}

const comparing = quoted(["Gt", "Lt", "Gte", "Lte"]);
export const requirementRules = {
  "requirements with operator 'In' must have a value defined":
    "self.all(x, x.operator != 'In' || x.values.size() != 0)",
  "requirements operator 'Gt', 'Lt', 'Gte', or 'Lte' must have a single positive integer value": `self.all(x, x.operator in ${comparing} ? x.values.size() == 1 && int(x.values[0]) >= 0 : true)`,
  "requirements with 'minValues' must have at least that many values specified in the 'values' field":
    "self.all(x, x.operator == 'In' && has(x.minValues) ? x.values.size() >= x.minValues : true)",
};

/** Demands on nodes: `keys` are the rules for their labels, `all` those for the whole list. */
export function requirements(
  keys: Record<string, string>,
  all: Record<string, string>,
  more: Record<string, Schema> = {},
) {
  const requirement = object(
    {
      key: text({ maxLength: 316, pattern: labelKey, ...rules(keys) }),
      operator: choice("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"),
      values: list(text(), { "x-kubernetes-list-type": "atomic" }),
      ...more,
    },
    { required: ["key", "operator"] },
  );
  return list(requirement, { maxItems: 100, "x-kubernetes-list-type": "atomic", ...rules(all) });
}

const taint = object(
  {
    key: text({ minLength: 1, pattern: labelKey }),
    value: text({ pattern: labelKey }),
    effect: choice("NoSchedule", "PreferNoSchedule", "NoExecute"),
    timeAdded: text({ format: "date-time" }),
  },
  { required: ["effect", "key"] },
);
const taints = list(taint, { "x-kubernetes-list-type": "atomic" });

/** What a NodePool's template and a NodeClaim have in common. */
export const claimFields = (keys: Record<string, string>, reference: Record<string, string> = {}) => ({
  nodeClassRef: object(
    { group: { ...filled("group"), pattern: "^[^/]*$" }, kind: filled("kind"), name: filled("name") },
    { required: ["group", "kind", "name"], ...rules(reference) },
  ),
  requirements: requirements(keys, requirementRules, { minValues: integer({ minimum: 1, maximum: 50 }) }),
  taints,
  startupTaints: taints,
  expireAfter: text({ pattern: durationOrNever, default: "720h" }),
  terminationGracePeriod: text({ pattern: "^([0-9]+(s|m|h))+$" }),
});

/** Conditions by type; what else a status has is its controller's business. */
export const status = (properties: Record<string, Schema> = {}): Schema => {
  const condition = object(
    { type: text(), status: choice("True", "False", "Unknown") },
    { required: ["status", "type"] },
  );
  const conditions = list(
    { ...condition, "x-kubernetes-preserve-unknown-fields": true },
    { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] },
  );
  return object({ conditions, ...properties }, { "x-kubernetes-preserve-unknown-fields": true });
};

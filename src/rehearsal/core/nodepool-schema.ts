import type { Rule, Schema } from "./coded-schema.ts";
import { equal, isObject, type JsonObject } from "./json.ts";

// NodePool and NodeClaim as their CRDs in sigs.k8s.io/karpenter v1.14.1 (pkg/apis/crds) accept them.

export const text = (traits: Partial<Schema> = {}): Schema => ({ type: "string", ...traits });
export const integer = (traits: Partial<Schema> = {}): Schema => ({ type: "integer", ...traits });
export const list = (items: Schema, traits: Partial<Schema> = {}): Schema => ({ type: "array", items, ...traits });
export const map = (values: Schema, traits: Partial<Schema> = {}): Schema => ({ type: "object", values, ...traits });
export const object = (fields: Record<string, Schema>, traits: Partial<Schema> = {}): Schema => ({
  type: "object",
  fields,
  ...traits,
});
export const flag: Schema = { type: "boolean" };
export const quantity: Schema = { type: "quantity" };

const duration = /^([0-9]+(s|m|h))+$/;
const durationOrNever = /^(([0-9]+(s|m|h))+|Never)$/;
const labelKey =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(\/))?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"];

const instanceLabels = [
  ...[
    "category",
    "family",
    "generation",
    "size",
    "cpu",
    "cpu-manufacturer",
    "cpu-sustained-clock-speed-mhz",
    "memory",
    "hypervisor",
  ],
  ...[
    "encryption-in-transit-supported",
    "local-nvme",
    "ebs-bandwidth",
    "network-bandwidth",
    "tenancy",
    "capability-flex",
  ],
  ...[
    "gpu-name",
    "gpu-manufacturer",
    "gpu-count",
    "gpu-memory",
    "accelerator-name",
    "accelerator-manufacturer",
    "accelerator-count",
  ],
].map((name) => `instance-${name}`);
const reservationLabels = ["id", "type", "interruptible"].map((name) => `capacity-reservation-${name}`);
const awsLabels = [
  ...instanceLabels,
  ...reservationLabels,
  "ec2nodeclass",
  "placement-group-id",
  "placement-group-partition",
];
const knownLabels = [
  "karpenter.sh/capacity-type",
  "karpenter.sh/nodepool",
  ...awsLabels.map((name) => `karpenter.k8s.aws/${name}`),
];

const restricted = ["karpenter.sh/nodepool", "kubernetes.io/hostname"];
const domains = ["karpenter.sh", "karpenter.k8s.aws"];

const inDomain = (key: string, domain: string) =>
  (key.split("/")[0] ?? "").endsWith(domain) && key.includes("/") && !knownLabels.includes(key);

const keyRules: Rule[] = [
  ...domains.map((domain) => ({
    holds: (key: string) => !inDomain(key, domain),
    message: `label domain "${domain}" is restricted`,
  })),
  ...restricted.map((label) => ({ holds: (key: string) => key !== label, message: `label "${label}" is restricted` })),
];
/** On a map of labels each rule of keys holds for all of them. */
const labelRules: Rule[] = keyRules.map(({ holds, message }) => ({
  holds: (labels: JsonObject) => Object.keys(labels).every((key) => holds(key as never, undefined)),
  message,
}));

interface RequirementLike {
  readonly operator?: string;
  readonly values?: readonly string[];
  readonly minValues?: number;
}

const eachRequirement = (test: (requirement: RequirementLike) => boolean) => (all: readonly RequirementLike[]) =>
  all.every(test);
const comparing = ["Gt", "Lt", "Gte", "Lte"];
const comparisonText = "requirements operator 'Gt', 'Lt', 'Gte', or 'Lte' must have a single positive integer value";

const requirementRules: Rule[] = [
  {
    holds: eachRequirement(({ operator, values = [] }) => operator !== "In" || values.length > 0),
    message: "requirements with operator 'In' must have a value defined",
  },
  {
    holds: eachRequirement(
      ({ operator = "", values = [] }) =>
        !comparing.includes(operator) || (values.length === 1 && /^\d+$/.test(values[0] ?? "")),
    ),
    message: comparisonText,
  },
  {
    holds: eachRequirement(
      ({ operator, values = [], minValues = 0 }) => operator !== "In" || values.length >= minValues,
    ),
    message: "requirements with 'minValues' must have at least that many values specified in the 'values' field",
  },
];

const taint = object(
  {
    key: text({ pattern: labelKey }),
    value: text({ pattern: labelValue }),
    effect: text({ allowed: ["NoSchedule", "PreferNoSchedule", "NoExecute"] }),
    timeAdded: text(),
  },
  { required: ["effect", "key"] },
);

const requirement = object(
  {
    key: text({ pattern: labelKey, longest: 316, rules: keyRules }),
    operator: text({ allowed: operators }),
    values: list(text(), { longest: 1000 }),
    minValues: integer({ least: 1, most: 50 }),
  },
  { required: ["key", "operator"] },
);

const filled = (name: string): Schema =>
  text({ rules: [{ holds: (value: string) => value !== "", message: `${name} may not be empty` }] });
const unchanged = (name: string): Rule => ({
  holds: (value: JsonObject, old) => !isObject(old) || value[name] === old[name],
  message: `nodeClassRef.${name} is immutable`,
});

const nodeClassRef = (rules: readonly Rule[]) =>
  object(
    { group: filled("group"), kind: filled("kind"), name: filled("name") },
    { required: ["group", "kind", "name"], rules },
  );

/** What a template and a NodeClaim have in common. */
const claimFields = (refRules: readonly Rule[]) => ({
  nodeClassRef: nodeClassRef(refRules),
  requirements: list(requirement, { longest: 100, rules: requirementRules }),
  taints: list(taint),
  startupTaints: list(taint),
  expireAfter: text({ pattern: durationOrNever, default: "720h" }),
  terminationGracePeriod: text({ pattern: duration }),
});

const budget = object(
  {
    nodes: text({ pattern: /^((100|[0-9]{1,2})%|[0-9]+)$/, default: "10%" }),
    reasons: list(text({ allowed: ["Underutilized", "Empty", "Drifted"] }), { longest: 50 }),
    schedule: text({
      pattern: /^(@(annually|yearly|monthly|weekly|daily|midnight|hourly))|((.+)\s(.+)\s(.+)\s(.+)\s(.+))$/,
    }),
    duration: text({ pattern: /^((([0-9]+(h|m))|([0-9]+h[0-9]+m))(0s)?)$/ }),
  },
  { required: ["nodes"] },
);

const disruption = object(
  {
    consolidateAfter: text({ pattern: durationOrNever, default: "0s" }),
    consolidationPolicy: text({
      allowed: ["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"],
      default: "WhenEmptyOrUnderutilized",
    }),
    budgets: list(budget, {
      longest: 50,
      default: [{ nodes: "10%" }],
      rules: [
        {
          holds: (budgets: readonly JsonObject[]) =>
            budgets.every(({ schedule, duration: span }) => (schedule === undefined) === (span === undefined)),
          message: "'schedule' must be set with 'duration'",
        },
      ],
    }),
  },
  { default: { consolidateAfter: "0s" } },
);

interface PoolLike {
  readonly replicas?: number;
  readonly weight?: number;
  readonly limits?: JsonObject;
}

const poolRules: Rule[] = [
  {
    holds: ({ replicas }: PoolLike, old) =>
      !isObject(old) || (replicas === undefined) === (old["replicas"] === undefined),
    message: "Cannot transition NodePool between static (replicas set) and dynamic (replicas unset) provisioning modes",
  },
  {
    holds: ({ replicas, limits = {} }: PoolLike) =>
      replicas === undefined || Object.keys(limits).every((name) => name === "nodes"),
    message: "only 'limits.nodes' is supported on static NodePools",
  },
  {
    holds: ({ replicas, weight }: PoolLike) => replicas === undefined || weight === undefined,
    message: "'weight' is not supported on static NodePools",
  },
];

const template = object(
  {
    metadata: object({
      labels: map(text({ longest: 63, pattern: labelValue }), { rules: labelRules }),
      annotations: map(text()),
    }),
    spec: object(claimFields([unchanged("group"), unchanged("kind")]), { required: ["nodeClassRef", "requirements"] }),
  },
  { required: ["spec"] },
);

export const nodePoolSchema: Schema = object(
  {
    template,
    disruption,
    limits: map(quantity),
    weight: integer({ least: 1, most: 100 }),
    replicas: integer({ least: 0 }),
  },
  { required: ["template"], rules: poolRules },
);

export const nodeClaimSchema: Schema = object(
  { ...claimFields([]), resources: object({ requests: map(quantity) }) },
  {
    required: ["nodeClassRef", "requirements"],
    rules: [{ holds: (spec: JsonObject, old) => old === undefined || equal(spec, old), message: "spec is immutable" }],
  },
);

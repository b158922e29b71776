import { type CrdSpec, crdSpec } from "./crd.ts";
import { nodeClass } from "./ec2-node-class.ts";
import {
  choice,
  claimFields,
  durationOrNever,
  int32,
  integer,
  keyRules,
  labelValue,
  list,
  map,
  object,
  quantity,
  requirementRules,
  requirements,
  rules,
  status,
  text,
} from "./karpenter-schema.ts";
import type { Column } from "./kinds.ts";

// The CRDs of Karpenter v1.14.1 (pkg/apis/crds of sigs.k8s.io/karpenter and of its AWS provider), written anew:
// they accept and refuse the same, in the same words.

const path = (jsonPath: string, type: Column["type"] = "string") => ({ jsonPath, type });
const condition = (type: string) => path(`.status.conditions[?(@.type=="${type}")].status`);
const label = (name: string) => path(`.metadata.labels.${name.replaceAll(".", "\\.")}`);
const age = path(".metadata.creationTimestamp", "date");

/** Columns as `kubectl get` shows them, and those that `-o wide` adds. */
const columns = (usual: Record<string, Omit<Column, "name">>, wide: Record<string, Omit<Column, "name">>): Column[] => [
  ...Object.entries(usual).map(([name, column]) => ({ name, ...column })),
  ...Object.entries(wide).map(([name, column]) => ({ name, priority: 1, ...column })),
];

const budget = object(
  {
    nodes: text({ pattern: "^((100|[0-9]{1,2})%|[0-9]+)$", default: "10%" }),
    reasons: list(choice("Underutilized", "Empty", "Drifted"), { maxItems: 50, "x-kubernetes-list-type": "set" }),
    schedule: text({
      pattern: "^(@(annually|yearly|monthly|weekly|daily|midnight|hourly))|((.+)\\s(.+)\\s(.+)\\s(.+)\\s(.+))$",
    }),
    duration: text({ pattern: "^((([0-9]+(h|m))|([0-9]+h[0-9]+m))(0s)?)$" }),
  },
  { required: ["nodes"] },
);

const disruption = object(
  {
    consolidateAfter: text({ pattern: durationOrNever, default: "0s" }),
    consolidationPolicy: {
      ...choice("WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"),
      default: "WhenEmptyOrUnderutilized",
    },
    budgets: list(budget, {
      maxItems: 50,
      default: [{ nodes: "10%" }],
      "x-kubernetes-list-type": "atomic",
      ...rules({ "'schedule' must be set with 'duration'": "self.all(x, has(x.schedule) == has(x.duration))" }),
    }),
  },
  { default: { consolidateAfter: "0s" } },
);

const poolLabels = ["karpenter.sh/nodepool", "kubernetes.io/hostname"];
const forAll = (all: Record<string, string>) =>
  Object.fromEntries(Object.entries(all).map(([message, rule]) => [message, `self.all(x, ${rule})`]));
const labels = map(text({ maxLength: 63, pattern: labelValue }), {
  maxProperties: 100,
  "x-kubernetes-map-type": "atomic",
  ...rules(forAll(keyRules("x", poolLabels))),
});
const template = object(
  {
    metadata: object({ labels, annotations: map(text()) }),
    spec: object(
      claimFields(keyRules("self", poolLabels), {
        "nodeClassRef.group is immutable": "self.group == oldSelf.group",
        "nodeClassRef.kind is immutable": "self.kind == oldSelf.kind",
      }),
      { required: ["nodeClassRef", "requirements"] },
    ),
  },
  { required: ["spec"] },
);
const poolSpec = object(
  {
    template,
    disruption,
    limits: map(quantity),
    weight: int32(1, 100),
    replicas: integer({ format: "int64", minimum: 0 }),
  },
  {
    required: ["template"],
    ...rules({
      "Cannot transition NodePool between static (replicas set) and dynamic (replicas unset) provisioning modes":
        "has(self.replicas) == has(oldSelf.replicas)",
      "only 'limits.nodes' is supported on static NodePools":
        "!has(self.replicas) || !has(self.limits) || self.limits.all(x, x == 'nodes')",
      "'weight' is not supported on static NodePools": "!has(self.replicas) || !has(self.weight)",
    }),
  },
);
const nodePool = crdSpec("karpenter.sh/v1", "NodePool", "nodepools", {
  categories: ["karpenter"],
  spec: poolSpec,
  status: status({ nodes: integer({ default: 0 }), resources: map(quantity) }),
  scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.nodes" },
  columns: columns(
    {
      NodeClass: path(".spec.template.spec.nodeClassRef.name"),
      Nodes: path(".status.nodes"),
      Ready: condition("Ready"),
      Age: age,
    },
    {
      Weight: path(".spec.weight", "integer"),
      CPU: path(".status.resources.cpu"),
      Memory: path(".status.resources.memory"),
    },
  ),
});

const claimSpec = object(
  { ...claimFields(keyRules("self", ["kubernetes.io/hostname"])), resources: object({ requests: map(quantity) }) },
  { required: ["nodeClassRef", "requirements"], ...rules({ "spec is immutable": "self == oldSelf" }) },
);
const nodeClaim = crdSpec("karpenter.sh/v1", "NodeClaim", "nodeclaims", {
  categories: ["karpenter"],
  spec: claimSpec,
  status: status(),
  columns: columns(
    {
      Type: label("node.kubernetes.io/instance-type"),
      Capacity: label("karpenter.sh/capacity-type"),
      Zone: label("topology.kubernetes.io/zone"),
      Node: path(".status.nodeName"),
      Ready: condition("Ready"),
      Age: age,
    },
    {
      ImageID: path(".status.imageID"),
      ID: path(".status.providerID"),
      NodePool: label("karpenter.sh/nodepool"),
      NodeClass: path(".spec.nodeClassRef.name"),
      Drifted: condition("Drifted"),
    },
  ),
});

const overlayRules = {
  "requirements with operator 'NotIn' must have a value defined":
    "self.all(x, x.operator == 'NotIn' ? x.values.size() != 0 : true)",
  ...Object.fromEntries(Object.entries(requirementRules).slice(0, 2)),
};
const overlaySpec = object(
  {
    requirements: requirements(keyRules("self", ["kubernetes.io/hostname"], false), overlayRules),
    price: text({ pattern: "^\\d+(\\.\\d+)?$" }),
    priceAdjustment: text({
      pattern: "^(([+-]{1}(\\d*\\.?\\d+))|(\\+{1}\\d*\\.?\\d+%)|(^(-\\d{1,2}(\\.\\d+)?%)$)|(-100%))$",
    }),
    capacity: map(
      quantity,
      rules({
        "invalid resource restricted": "self.all(x, !(x in ['cpu', 'memory', 'ephemeral-storage', 'pods']))",
      }),
    ),
    weight: int32(1, 10_000),
  },
  {
    required: ["requirements"],
    ...rules({ "cannot set both 'price' and 'priceAdjustment'": "!has(self.price) || !has(self.priceAdjustment)" }),
  },
);
const nodeOverlay = crdSpec("karpenter.sh/v1alpha1", "NodeOverlay", "nodeoverlays", {
  categories: ["karpenter"],
  shortNames: ["overlays"],
  spec: overlaySpec,
  status: status(),
  columns: columns({ Ready: condition("Ready"), Age: age }, { Weight: path(".spec.weight", "integer") }),
});

const name = text({ minLength: 1 });
const bufferSpec = object(
  {
    provisioningStrategy: text({ default: "buffer.x-k8s.io/active-capacity" }),
    podTemplateRef: object({ name }, { required: ["name"] }),
    scalableRef: object({ apiGroup: text(), kind: name, name }, { required: ["kind", "name"] }),
    replicas: int32(0),
    percentage: int32(0),
    limits: map(quantity),
  },
  rules({
    "If podTemplateRef is set, replicas or limits must also be set":
      "!has(self.podTemplateRef) || has(self.replicas) || has(self.limits)",
    "You must define either PodTemplateRef or ScalableRef, but not both":
      "!(has(self.podTemplateRef) && has(self.scalableRef))",
  }),
);
const every = (field: string) => path(`.status.conditions[*].${field}`);
const capacityBuffer = crdSpec("autoscaling.x-k8s.io/v1beta1", "CapacityBuffer", "capacitybuffers", {
  categories: ["autoscaling"],
  shortNames: ["cb"],
  namespaced: true,
  spec: bufferSpec,
  status: status(),
  columns: columns(
    {
      Strategy: path(".spec.provisioningStrategy"),
      PodTemplate: path(".status.podTemplateRef.name"),
      Replicas: path(".status.replicas", "integer"),
      ConditionsType: every("type"),
      ConditionsStatus: every("status"),
      ConditionsReason: every("reason"),
      Age: age,
    },
    {},
  ),
});

const nodeClassKind = crdSpec("karpenter.k8s.aws/v1", "EC2NodeClass", "ec2nodeclasses", {
  categories: ["karpenter"],
  shortNames: ["ec2nc", "ec2ncs"],
  spec: nodeClass,
  status: status(),
  columns: columns({ Ready: condition("Ready"), Age: age }, { Role: path(".spec.role") }),
});

/** The kinds that every cluster of the rehearsal has beside Kubernetes' own, as CustomResourceDefinitions. */
export const karpenterCrds: readonly CrdSpec[] = [nodePool, nodeClaim, nodeClassKind, nodeOverlay, capacityBuffer];

import type { AnyObject, KubeObject } from "../../../src/cluster/objects.ts";
import { configMap, job, nodeClass, nodePool, pod } from "../../rehearsal/core/objects.ts";

const widget = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        size: { type: "integer", minimum: 1, default: 3 },
        name: { type: "string", pattern: "^[a-z]{1,5}$", maxLength: 5 },
        period: { type: "string", format: "duration" },
        at: { type: "string", format: "date-time" },
        any: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        either: { "x-kubernetes-int-or-string": true },
        tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
        parts: {
          type: "array",
          items: {
            type: "object",
            required: ["id"],
            properties: { id: { type: "string" }, n: { type: "number", default: 1 } },
          },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["id"],
        },
        more: { type: "object", additionalProperties: { type: "string" } },
        empty: { type: "string", nullable: true },
      },
      "x-kubernetes-validations": [
        { rule: "!has(self.size) || self.size < 10" },
        { rule: "!has(self.name) || self.name.matches('^[a-z]+$')", messageExpression: "'bad ' + self.name" },
        { rule: "!has(self.period) || self.period < duration('10h')" },
        { rule: "self.size >= oldSelf.size" },
      ],
    },
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

export const widgetCrd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.fuzz.example.com" },
  spec: {
    group: "fuzz.example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: widget }, subresources: { status: {} } },
    ],
  },
} as unknown as KubeObject;

const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "c", image: "i" }] } };
const of = (apiVersion: string, kind: string, name: string, rest: object, isNamespaced = true): AnyObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(isNamespaced && { namespace: "default" }) },
  ...rest,
});

/** A valid object of each kind that has rules. */
export const originals: readonly AnyObject[] = [
  configMap("cm", { a: "1", b: "2" }, { labels: { app: "a" }, annotations: { n: "t" } }) as unknown as AnyObject,
  pod("p", {
    containers: [
      {
        name: "c",
        image: "i",
        ports: [{ containerPort: 80 }],
        env: [{ name: "A", value: "1" }],
        resources: { requests: { cpu: "100m" } },
      },
    ],
    volumes: [{ name: "v", emptyDir: {} }],
    tolerations: [{ key: "k", operator: "Exists" }],
    nodeSelector: { a: "b" },
  }) as unknown as AnyObject,
  job("j", { backoffLimit: 2, completions: 3, completionMode: "Indexed" }) as unknown as AnyObject,
  nodePool("np", { limits: { cpu: "10" }, disruption: { consolidateAfter: "30s" } }) as unknown as AnyObject,
  nodeClass("nc") as unknown as AnyObject,
  of("v1", "Secret", "s", { type: "Opaque", data: { a: "YQ==" }, stringData: { b: "c" } }),
  of("apps/v1", "Deployment", "d", { spec: { replicas: 2, selector: { matchLabels: { app: "a" } }, template } }),
  of("apps/v1", "ReplicaSet", "r", { spec: { replicas: 1, selector: { matchLabels: { app: "a" } }, template } }),
  of("policy/v1", "PodDisruptionBudget", "b", {
    spec: { minAvailable: "50%", selector: { matchLabels: { app: "a" } } },
  }),
  of("coordination.k8s.io/v1", "Lease", "l", {
    spec: { holderIdentity: "x", leaseDurationSeconds: 10, renewTime: "2020-01-01T00:00:00.000000Z" },
  }),
  of("v1", "Event", "e", {
    involvedObject: { kind: "Pod", name: "p", namespace: "default" },
    reason: "R",
    message: "m",
    count: 1,
  }),
  of("v1", "ServiceAccount", "sa", {}),
  of("rbac.authorization.k8s.io/v1", "Role", "ro", {
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
  }),
  of("rbac.authorization.k8s.io/v1", "RoleBinding", "rb", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "ro" },
    subjects: [{ kind: "User", name: "u", apiGroup: "rbac.authorization.k8s.io" }],
  }),
  of("v1", "Namespace", "ns", {}, false),
  of(
    "v1",
    "Node",
    "n",
    { spec: { taints: [{ key: "k", effect: "NoSchedule" }] }, status: { capacity: { cpu: "4" } } },
    false,
  ),
  of("scheduling.k8s.io/v1", "PriorityClass", "pc", { value: 5, preemptionPolicy: "Never" }, false),
  of("fuzz.example.com/v1", "Widget", "w", {
    spec: {
      name: "abc",
      period: "1h",
      tags: ["x"],
      parts: [{ id: "a" }],
      more: { k: "v" },
      either: 1,
      any: { z: [1] },
    },
  }),
  { ...(widgetCrd as AnyObject), metadata: { name: "widgets.fuzz.example.com" } },
];

import { expect, test } from "vitest";

import type { KubeObject, Pod } from "../../../src/cluster/objects.ts";
import { job, loose, openCore, pod, refOf, refusal } from "../core/objects.ts";

const metadata = { name: "d", namespace: "default" };
const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } };
const selector = { matchLabels: { a: "b" } };
const deployment = (spec: object = {}) =>
  loose({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector, template, ...spec } });
const role = (rules: object[]) =>
  loose({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { ...metadata, name: "system:x" },
    rules,
  });
const inPod = (spec: object) => pod("p", spec);
const inContainer = (fields: object) => inPod({ containers: [{ name: "c", image: "i", ...fields }] });
const budget = (spec: object) => loose({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec });
const policyJob = (rule: object) => job("j", { podFailurePolicy: { rules: [rule] } });

test("fills in a deployment as apps/v1 does", () => {
  const { core } = openCore();
  const created = core.create(deployment());
  expect(created).toMatchObject({
    metadata: { generation: 1 },
    spec: {
      ...{ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
    },
    status: {},
  });
});

test.each<[KubeObject, string]>([
  [deployment({ selector: undefined }), "spec.selector: Required value"],
  [deployment({ selector: {} }), "empty selector is invalid for deployment"],
  [deployment({ selector: { matchLabels: { a: "c" } } }), "`selector` does not match template `labels`"],
  [deployment({ replicas: -1 }), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
  [
    deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    "may not be 0 when `maxSurge` is 0",
  ],
  [
    deployment({ strategy: { type: "Recreate", rollingUpdate: {} } }),
    "may not be specified when strategy `type` is 'Recreate'",
  ],
  [deployment({ strategy: { rollingUpdate: { maxSurge: "a" } } }), "a valid percent string must be"],
  [deployment({ minReadySeconds: 600 }), "must be greater than minReadySeconds"],
  [role([{ resources: ["pods"], apiGroups: [""] }]), "verbs must contain at least one value"],
  [role([{ verbs: ["get"] }]), "resource rules must supply at least one api group"],
  [budget({ minAvailable: "101%" }), "must not be greater than 100%"],
  [budget({ maxUnavailable: -1 }), "must be greater than or equal to 0"],
  [
    inPod({ volumes: [{ name: "v", emptyDir: {}, hostPath: { path: "/" } }] }),
    "may not specify more than 1 volume type",
  ],
  [inPod({ volumes: [{ name: "v", secret: {} }] }), "spec.volumes[0].secret.secretName: Required value"],
  [inPod({ volumes: [{ name: "v", hostPath: { path: "/a/../b" } }] }), "must not contain '..'"],
  [inContainer({ env: [{ name: "A=B" }] }), "a valid environment variable name must consist only of"],
  [inContainer({ env: [{ name: "A", valueFrom: {} }] }), "must specify one of: `fieldRef`"],
  [inContainer({ env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "x" } } }] }), "field label not supported: x"],
  [inContainer({ ports: [{ name: "A", containerPort: 1 }] }), "must contain only alpha-numeric characters"],
  [inContainer({ ports: [{}] }), "spec.containers[0].ports[0].containerPort: Required value"],
  [inContainer({ livenessProbe: {} }), "must specify a handler type"],
  [
    inPod({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: "a", whenUnsatisfiable: "X" }] }),
    "must be greater than zero",
  ],
  [
    inPod({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      },
    }),
    "must have at least one node selector term",
  ],
  [inPod({ tolerations: [{ key: "a", tolerationSeconds: 1 }] }), "effect must be 'NoExecute' when `tolerationSeconds`"],
  [inPod({ nodeName: "A_b" }), "spec.nodeName: Invalid value"],
  [policyJob({ action: "FailJob" }), "specifying one of OnExitCodes and OnPodConditions is required"],
  [policyJob({ action: "X", onExitCodes: { operator: "In", values: [1] } }), 'Unsupported value: "X"'],
  [policyJob({ action: "FailJob", onExitCodes: { operator: "In", values: [0] } }), "must not be 0 for the In operator"],
  [job("j", { maxFailedIndexes: 1 }), "requires indexed completion mode"],
  [
    job("j", { completionMode: "Indexed", completions: 1, parallelism: 100_001 }),
    "must be less than or equal to 100000 when completion mode is Indexed",
  ],
])("refuses %#", (object, message) => {
  const { core } = openCore();
  const refused = refusal(() => core.create(object));
  expect(refused?.status).toBe(422);
  expect(refused?.message).toContain(message);
});

test("keeps a deployment's selector", () => {
  const { core } = openCore();
  const ref = refOf(core.create(deployment()));
  expect(refusal(() => core.patch(ref, { spec: { selector: { matchLabels: { a: "z" } } } }))?.message).toContain(
    'spec.selector: Invalid value: {"matchLabels":{"a":"z"}}: field is immutable',
  );
});

test("lets a waiting job be placed anew", () => {
  const { core } = openCore();
  const place = { spec: { template: { spec: { nodeSelector: { a: "b" } } } } };
  expect(core.patch(refOf(core.create(job("a", { suspend: true }))), place)).toMatchObject(place);
  expect(refusal(() => core.patch(refOf(core.create(job("b"))), place))?.message).toContain("field is immutable");
});

test("lets an indexed job grow with its parallelism", () => {
  const { core } = openCore();
  const ref = refOf(core.create(job("j", { completionMode: "Indexed", completions: 2, parallelism: 2 })));
  const size = { spec: { completions: 3, parallelism: 3 } };
  expect(core.patch(ref, size)).toMatchObject(size);
  expect(refusal(() => core.patch(ref, { spec: { completions: 4 } }))?.status).toBe(422);
});

test("gives pods the priority of their class", () => {
  const { core } = openCore();
  const create = (name: string, fields: object) =>
    core.create(loose({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, ...fields }));
  create("usual", { value: 5, globalDefault: true });
  create("high", { value: 9, preemptionPolicy: "Never" });
  expect(core.create<Pod>(inPod({})).spec).toMatchObject({ priority: 5, priorityClassName: "usual" });
  const high = core.create<Pod>(pod("q", { priorityClassName: "high" })).spec;
  expect(high).toMatchObject({ priority: 9, preemptionPolicy: "Never" });
  const refused = refusal(() => core.create(pod("r", { priorityClassName: "high", priority: 1 })));
  expect(refused?.message).toContain("the integer value of priority (1) must not be provided in pod spec");
});

test("warns of what is kept but not done", () => {
  const { core } = openCore();
  const warned: string[] = [];
  const options = { warn: (text: string) => warned.push(text) };
  core.create(role([{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }]), options);
  core.create(inContainer({ livenessProbe: { tcpSocket: { port: 80 } } }), options);
  expect(warned).toEqual([
    expect.stringContaining("Roles are kept but not enforced"),
    expect.stringContaining("spec.containers[0].livenessProbe: the rehearsal runs no probes"),
  ]);
});

test("treats unknown fields as the write asks", () => {
  const { core } = openCore();
  const warned: string[] = [];
  const object = deployment({ foo: 1 });
  const strict = refusal(() => core.create(object, { fieldValidation: "Strict" }));
  expect(strict).toMatchObject({ status: 400, message: expect.stringContaining('unknown field "spec.foo"') });
  core.create(object, { fieldValidation: "Warn", warn: (text) => warned.push(text) });
  expect(warned).toEqual(['unknown field "spec.foo"']);
  const patched = refusal(() => core.patch(refOf(object), { spec: { bar: 1 } }, { fieldValidation: "Strict" }));
  expect(patched).toMatchObject({ status: 422, message: expect.stringContaining('unknown field "spec.bar"') });
  const applied = refusal(() => core.apply(object, { fieldManager: "m" }));
  expect(applied).toMatchObject({ status: 500, message: expect.stringContaining(".spec.foo: field not declared") });
});

test("lists what is left out, and refuses to make it", () => {
  const { core } = openCore();
  const service = loose({ apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 80 }] } });
  expect(core.list({ apiVersion: "v1", kind: "Service" }).items).toEqual([]);
  const refused = refusal(() => core.create(service));
  expect(refused).toMatchObject({
    status: 405,
    message: expect.stringContaining("left out of the rehearsal on purpose"),
  });
});

import { expect, test } from "vitest";

import type { Job, KubeObject, NodePool, Pod } from "../../../src/cluster/objects.ts";
import { configMap, job, loose, nodeClass, nodePool, openCore, pod, refOf, refusal } from "../core/objects.ts";

const withContainer = (fields: object) => pod("p", { containers: [{ name: "c", image: "i", ...fields }] });
const inPodSpec = (fields: object) => pod("p", fields);
const requests = (resources: object) => withContainer({ resources });

test.each<[KubeObject, number, string]>([
  [
    configMap("A_b"),
    422,
    'ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must',
  ],
  [
    loose({ apiVersion: "v1", kind: "ConfigMap", metadata: {} }),
    422,
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [configMap("a", {}, { namespace: "nope" }), 404, 'namespaces "nope" not found'],
  [
    configMap("a", {}, { labels: { "a b": "c" } }),
    422,
    'metadata.labels: Invalid value: "a b": name part must consist of',
  ],
  [configMap("a", {}, { labels: { a: "b c" } }), 422, 'metadata.labels: Invalid value: "b c": a valid label must'],
  [configMap("a", { "b c": "d" }), 422, 'data[b c]: Invalid value: "b c": a valid config key must'],
  [configMap("a", { big: "x".repeat(1_048_577) }), 422, "Too long: may not be more than 1048576 bytes"],
  [
    loose({ apiVersion: "v1", kind: "Nope", metadata: { name: "a" } }),
    404,
    "the server could not find the requested resource",
  ],
  [
    loose({ apiVersion: "v1", kind: "Namespace", metadata: { name: "a.b" } }),
    422,
    "a lowercase RFC 1123 label must consist of",
  ],
  [inPodSpec({ containers: [] }), 422, 'Pod "p" is invalid: spec.containers: Required value'],
  [withContainer({ name: "" }), 422, "spec.containers[0].name: Required value"],
  [withContainer({ image: undefined }), 422, "spec.containers[0].image: Required value"],
  [
    inPodSpec({
      containers: [
        { name: "c", image: "i" },
        { name: "c", image: "i" },
      ],
    }),
    422,
    'spec.containers[1].name: Duplicate value: "c"',
  ],
  [
    withContainer({ imagePullPolicy: "Sometimes" }),
    422,
    'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [
    withContainer({ ports: [{ containerPort: 70_000 }] }),
    422,
    "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
  ],
  [
    withContainer({ volumeMounts: [{ name: "v", mountPath: "/v" }] }),
    422,
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ],
  [
    withContainer({ env: [{ name: "A", value: 1 }] }),
    400,
    "json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string",
  ],
  [
    withContainer({ args: [true] }),
    400,
    "json: cannot unmarshal bool into Go struct field Container.spec.containers.args of type string",
  ],
  [requests({ requests: { cpu: "x" } }), 400, "quantities must match the regular expression"],
  [
    requests({ requests: { cpu: "2" }, limits: { cpu: "1" } }),
    422,
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ],
  [requests({ requests: { "nvidia.com/gpu": 1 } }), 422, "Limit must be set for non overcommitable resources"],
  [
    requests({ requests: { "nvidia.com/gpu": "1" }, limits: { "nvidia.com/gpu": "2" } }),
    422,
    "must be equal to nvidia.com/gpu limit of 2",
  ],
  [requests({ limits: { "nvidia.com/gpu": "500m" } }), 422, "must be an integer"],
  [requests({ limits: { gpu: "1" } }), 422, "must be a standard resource type or fully qualified"],
  [requests({ requests: { memory: "-1Gi" } }), 422, "must be greater than or equal to 0"],
  [
    inPodSpec({ restartPolicy: "Maybe" }),
    422,
    'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    inPodSpec({ terminationGracePeriodSeconds: -1 }),
    422,
    "spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0",
  ],
  [
    inPodSpec({ activeDeadlineSeconds: 0 }),
    422,
    "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
  ],
  [
    inPodSpec({ tolerations: [{ key: "a", effect: "Nope" }] }),
    422,
    'spec.tolerations[0].effect: Unsupported value: "Nope"',
  ],
  [inPodSpec({ tolerations: [{ value: "a" }] }), 422, "operator must be Exists when `key` is empty"],
  [inPodSpec({ priorityClassName: "none" }), 403, 'pods "p" is forbidden: no PriorityClass with name none was found'],
  [
    job("j", { template: { spec: { containers: [{ name: "c", image: "i" }] } } }),
    422,
    'Job.batch "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [job("j", { parallelism: -1 }), 422, "spec.parallelism: Invalid value: -1: must be greater than or equal to 0"],
  [
    job("j", { completionMode: "Indexed", parallelism: 2 }),
    422,
    "spec.completions: Required value: when completion mode is Indexed",
  ],
  [
    loose({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "n" },
      spec: { taints: [{ key: "a", effect: "Nope" }] },
    }),
    422,
    'spec.taints[0].effect: Unsupported value: "Nope"',
  ],
  [
    loose({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "p" }, value: 1_000_000_001 }),
    422,
    "maximum allowed value of a user defined priority is 1000000000",
  ],
  [
    loose({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "b" },
      spec: { minAvailable: 1, maxUnavailable: 1 },
    }),
    422,
    "minAvailable and maxUnavailable cannot be both set",
  ],
  [
    nodePool("n", {}, { requirements: [{ key: "a", operator: "In", values: [] }] }),
    422,
    "requirements with operator 'In' must have a value defined",
  ],
  [
    nodePool("n", {}, { requirements: [{ key: "karpenter.sh/nodepool", operator: "Exists" }] }),
    422,
    'label "karpenter.sh/nodepool" is restricted',
  ],
  [
    nodePool("n", {}, { nodeClassRef: undefined }),
    422,
    "some validation rules were not checked because the object was invalid",
  ],
  [
    nodePool("n", { disruption: { consolidateAfter: "30x" } }),
    422,
    "spec.disruption.consolidateAfter in body should match '^(([0-9]+(s|m|h))+|Never)$'",
  ],
  [nodePool("n", { limits: { cpu: "1x" } }), 422, 'spec.limits.cpu: Invalid value: "1x"'],
  [nodePool("n", { weight: 101 }), 422, "spec.weight in body should be less than or equal to 100"],
  [nodePool("n", { weight: "1" }), 422, 'spec.weight in body must be of type integer: "string"'],
  [nodeClass("c", { instanceProfile: "p" }), 422, "must specify exactly one of ['role', 'instanceProfile']"],
  [nodeClass("c", { subnetSelectorTerms: [{}] }), 422, "expected at least one, got none, ['tags', 'id']"],
  [
    nodeClass("c", { amiFamily: "Bottlerocket" }),
    422,
    "if set, amiFamily must be 'AL2023' or 'Custom' when using an AL2023 alias",
  ],
])("refuses %#", (object, status, message) => {
  const { core } = openCore();
  const refused = refusal(() => core.create(object));
  expect(refused?.status).toBe(status);
  expect(refused?.message).toContain(message);
});

test("reports all problems at once", () => {
  const { core } = openCore();
  const refused = refusal(() => core.create(pod("p", { restartPolicy: "Maybe", containers: [{ name: "c" }] })));
  expect(refused?.message).toBe(
    'Pod "p" is invalid: [spec.containers[0].image: Required value, spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"]',
  );
});

test("fills in a pod as the API server does", () => {
  const { core } = openCore();
  const created = core.create<Pod>(
    pod("p", { containers: [{ name: "c", image: "i", resources: { limits: { cpu: "1", memory: "1Gi" } } }] }),
  );
  expect(created.spec).toMatchObject({
    ...{ restartPolicy: "Always", terminationGracePeriodSeconds: 30, schedulerName: "default-scheduler", priority: 0 },
    containers: [{ imagePullPolicy: "Always", resources: { requests: { cpu: "1", memory: "1Gi" } } }],
    tolerations: [
      { key: "node.kubernetes.io/not-ready", tolerationSeconds: 300 },
      { key: "node.kubernetes.io/unreachable" },
    ],
  });
  expect([created.status, created.metadata.generation]).toEqual([{ phase: "Pending", qosClass: "Guaranteed" }, 1]);
});

test.each([
  ["i", "Always"],
  ["i:latest", "Always"],
  ["i:1.2", "IfNotPresent"],
  ["host:5000/i", "Always"],
  ["i@sha256:abc", "IfNotPresent"],
])("pulls image %s by policy %s", (image, imagePullPolicy) => {
  const { core } = openCore();
  expect(core.create<Pod>(pod("p", { containers: [{ name: "c", image }] })).spec?.containers[0]).toMatchObject({
    imagePullPolicy,
  });
});

test("gives a job its selector and labels", () => {
  const { core } = openCore();
  const created = core.create<Job>(job("j"));
  const uid = created.metadata.uid;
  expect(created.spec).toMatchObject({
    ...{ parallelism: 1, completions: 1, backoffLimit: 6, completionMode: "NonIndexed", suspend: false },
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
    template: { metadata: { labels: { "job-name": "j", "batch.kubernetes.io/job-name": "j", "controller-uid": uid } } },
  });
});

test("fills in and prunes a node pool", () => {
  const { core } = openCore();
  const created = core.create<NodePool>(nodePool("n", { futureField: 1 }));
  expect(created.spec.disruption).toEqual({
    consolidateAfter: "0s",
    consolidationPolicy: "WhenEmptyOrUnderutilized",
    budgets: [{ nodes: "10%" }],
  });
  expect([created.spec.template.spec.expireAfter, "futureField" in created.spec]).toEqual(["720h", false]);
});

test.each<[string, KubeObject, object, string]>([
  [
    "a pod's command",
    pod("p"),
    { spec: { containers: [{ name: "c", image: "busybox:1", command: ["x"] }] } },
    "pod updates may not change fields other than",
  ],
  ["a pod's node", pod("p"), { spec: { nodeName: "n" } }, "pod updates may not change fields other than"],
  ["a pod's tolerations", pod("p"), { spec: { tolerations: [] } }, "pod updates may not change fields other than"],
  [
    "a job's completions",
    job("j"),
    { spec: { completions: 5 } },
    "spec.completions: Invalid value: 5: field is immutable",
  ],
  [
    "a job's template",
    job("j"),
    { spec: { template: { spec: { restartPolicy: "OnFailure" } } } },
    "field is immutable",
  ],
  [
    "a node class of a pool",
    nodePool("n"),
    { spec: { template: { spec: { nodeClassRef: { kind: "Other" } } } } },
    "nodeClassRef.kind is immutable",
  ],
  ["a pool's mode", nodePool("n"), { spec: { replicas: 1 } }, "Cannot transition NodePool between static"],
  [
    "a sealed config map",
    loose({ ...configMap("c", { a: "1" }), immutable: true }),
    { data: { a: "2" } },
    "field is immutable when `immutable` is set",
  ],
])("refuses to change %s", (_, object, patch, message) => {
  const { core } = openCore();
  const created = core.create(object);
  const refused = refusal(() => core.patch(refOf(created), patch));
  expect(refused?.status).toBe(422);
  expect(refused?.message).toContain(message);
});

test("permits images, deadlines and further tolerations", () => {
  const { core } = openCore();
  const created = core.create<Pod>(pod("p"));
  const tolerations = [...(created.spec?.tolerations ?? []), { key: "nvidia.com/gpu", operator: "Exists" as const }];
  const containers = [{ name: "c", image: "busybox:2" }];
  const changed = core.patch<Pod>(
    refOf(created),
    { spec: { containers, tolerations, activeDeadlineSeconds: 5 } },
    { type: "strategic" },
  );
  expect([changed.spec?.containers[0]?.image, changed.metadata.generation]).toEqual(["busybox:2", 2]);
});

test("keeps spec and status apart", () => {
  const { core } = openCore();
  const created = core.create<Pod>({ ...pod("p"), status: { phase: "Failed" } });
  const ref = refOf(created);
  expect(created.status?.phase).toBe("Pending");
  expect(core.patch(ref, { status: { phase: "Failed" } })).toBe(created);
  const written = core.patch<Pod>(
    ref,
    { status: { phase: "Running" }, metadata: { labels: { a: "b" } } },
    { subresource: "status" },
  );
  expect([written.status?.phase, written.metadata.labels, written.metadata.generation]).toEqual([
    "Running",
    undefined,
    1,
  ]);
});

test("checks preconditions of writes", () => {
  const { core } = openCore();
  const created = core.create(configMap("a"));
  const stale = { ...configMap("a", { k: "v" }), metadata: { name: "a", namespace: "default", resourceVersion: "1" } };
  expect(refusal(() => core.replace(stale))).toMatchObject({
    status: 409,
    message: expect.stringContaining("the object has been modified"),
  });
  const other = { ...configMap("a"), metadata: { name: "a", namespace: "default", uid: "other" } };
  expect(refusal(() => core.replace(other))).toMatchObject({
    status: 409,
    message: expect.stringContaining("UID in precondition: other"),
  });
  expect(refusal(() => core.delete(refOf(created), { uid: "other" }))?.status).toBe(409);
  expect(core.find(refOf(created))).toBe(created);
});

test("makes names and leaves no trace on a dry run", () => {
  const { core } = openCore();
  const named = core.create<KubeObject>({ ...configMap(""), metadata: { generateName: "a-", namespace: "default" } });
  expect(named.metadata.name).toMatch(/^a-[a-z0-9]{5}$/);
  const version = core.resourceVersion();
  expect(core.create(configMap("dry"), { dryRun: true }).metadata.uid).toBeDefined();
  core.patch(refOf(named), { data: { k: "v" } }, { dryRun: true });
  core.delete(refOf(named), { dryRun: true });
  expect([core.resourceVersion(), core.find(refOf(configMap("dry")))]).toEqual([version, undefined]);
});

test("keeps an object's prototype out of reach", () => {
  const { core } = openCore();
  const hostile = JSON.parse(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"h"},"data":{"__proto__":{"polluted":"yes"}}}',
  );
  const created = core.create(hostile);
  core.patch(refOf(created), JSON.parse('{"data":{"__proto__":{"polluted":"yes"}},"__proto__":{"polluted":1}}'));
  expect({}).not.toHaveProperty("polluted");
  expect(core.read(refOf(created))).not.toHaveProperty("data.polluted");
});

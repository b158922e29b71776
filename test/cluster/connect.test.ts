import { afterAll, beforeAll, expect, test } from "vitest";

import { type ClusterApi, isApiError, type WatchEvent } from "../../src/cluster/api.ts";
import { connectCluster } from "../../src/cluster/connect.ts";
import { informer } from "../../src/cluster/informer.ts";
import type { ConfigMap, Job, KubeObject, Pod } from "../../src/cluster/objects.ts";
import { systemClock } from "../../src/kernel/clocks.ts";
import { openWire } from "../rehearsal/wire/open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
let api: ClusterApi;

beforeAll(async () => {
  opened = await openWire({ historyLimit: 40 });
  api = await connectCluster(opened.kubeconfig);
});
afterAll(() => opened.close());

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data,
});
const pod = (name: string): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: { containers: [{ name: "c", image: "i" }] },
});
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

test("reads any path as text", async () => {
  expect(JSON.parse(await api.text("/version"))).toHaveProperty("gitVersion");
  expect(await refusal(api.text("/apis/metrics.k8s.io/v1beta1/pods"))).toMatchObject({ status: 404 });
});

test("gives up a text when the signal aborts", async () => {
  const signal = AbortSignal.abort(new Error("too late"));
  expect(await refusal(api.text("/version", { signal }))).toBeInstanceOf(Error);
});

test("gives back plain objects with text times", async () => {
  const created = await api.create(configMap("plain", { k: "v" }));
  expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(await api.read(configMap("plain") as never)).toEqual(created);
});

test("lists every page with kinds filled in", async () => {
  for (let index = 0; index < 3; index += 1) await api.create(configMap(`page-${index}`));
  const { items, resourceVersion } = await api.list<ConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: "default",
  });
  expect(items.map(keyText)).toEqual(["ConfigMap page-0", "ConfigMap page-1", "ConfigMap page-2", "ConfigMap plain"]);
  expect(Number(resourceVersion)).toBeGreaterThan(0);
});

const keyText = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.name}`;

test("keeps fields that no client knows", async () => {
  const nodePool = {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name: "fields", annotations: { "aura.dev/outputs": "/o" } },
    spec: {
      template: {
        spec: { nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "cpu" }, requirements: [] },
      },
    },
  };
  await api.create<KubeObject>(nodePool);
  await api.patch(
    nodePool,
    { status: { resources: { "example.com/future": "1" }, futureField: 1 } },
    { subresource: "status" },
  );
  expect(await api.read(nodePool)).toMatchObject({
    status: { resources: { "example.com/future": "1" }, futureField: 1 },
    metadata: { annotations: { "aura.dev/outputs": "/o" } },
  });
});

test("applies, conflicts, and forces", async () => {
  await api.apply(configMap("applied", { a: "1" }), { fieldManager: "one" });
  const error = await refusal(api.apply(configMap("applied", { a: "2" }), { fieldManager: "two" }));
  expect(isApiError(error, 409) && error.details?.causes?.[0]).toEqual({
    reason: "FieldManagerConflict",
    message: 'conflict with "one"',
    field: ".data.a",
  });
  const forced = await api.apply<ConfigMap>(configMap("applied", { a: "2" }), { fieldManager: "two", force: true });
  expect(forced.data).toEqual({ a: "2" });
});

test.each<[string, () => Promise<unknown>, number, string]>([
  ["a missing object", () => api.read(configMap("none") as never), 404, "NotFound"],
  ["a second object of a name", () => api.create(configMap("plain")), 409, "AlreadyExists"],
  [
    "a stale version",
    () => api.replace({ ...configMap("plain"), metadata: { ...configMap("plain").metadata, resourceVersion: "1" } }),
    409,
    "Conflict",
  ],
  ["an invalid object", () => api.create(configMap("A_b")), 422, "Invalid"],
  ["an unknown kind", () => api.read({ apiVersion: "v1", kind: "Nope", metadata: { name: "x" } }), 404, "NotFound"],
])("rejects %s with its status", async (_, call, status, reason) => {
  expect(await refusal(call())).toMatchObject({ name: "ApiError", status, reason });
});

test("deletes jobs with their pods by default", async () => {
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "j", namespace: "default" },
    spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } } },
  } as Job;
  await api.create(job);
  await api.delete(job as never);
  expect(opened.core.find(job as never)).toBeUndefined();
});

test("watches until aborted", async () => {
  const { resourceVersion } = await api.list({ apiVersion: "v1", kind: "Secret" });
  const abort = new AbortController();
  const events: string[] = [];
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "default" } };
  setTimeout(() => void api.create(secret).then(() => api.delete(secret)), 20);
  for await (const { type, object } of api.watch(
    { apiVersion: "v1", kind: "Secret" },
    { resourceVersion, signal: abort.signal },
  )) {
    events.push(`${type} ${keyText(object)}`);
    if (type === "DELETED") abort.abort();
  }
  expect(events).toEqual(["ADDED Secret s", "DELETED Secret s"]);
});

test("rejects a watch from too old a version", async () => {
  for (let index = 0; index < 50; index += 1) opened.core.create(configMap(`filler-${index}`));
  const watch = api.watch(
    { apiVersion: "v1", kind: "ConfigMap" },
    { resourceVersion: "1", signal: new AbortController().signal },
  );
  const error = await refusal(watch[Symbol.asyncIterator]().next());
  expect(error).toMatchObject({ status: 410, reason: "Expired" });
});

test("streams logs", async () => {
  await api.create(pod("logged"));
  let text = "";
  for await (const chunk of api.logs({ namespace: "default", name: "logged" }, { follow: true })) text += chunk;
  expect(text).toBe("log of c\nand on\n");
});

test("names a cluster that does not answer", async () => {
  const other = await openWire();
  const gone = await connectCluster(other.kubeconfig);
  await other.wire.close();
  const error = await refusal(gone.list({ apiVersion: "v1", kind: "Pod" }));
  expect(error).toMatchObject({ name: "Failure", code: "CLUSTER_UNREACHABLE" });
  await other.close();
  expect(await refusal(connectCluster("/nowhere/kubeconfig"))).toMatchObject({ code: "CLUSTER_UNREACHABLE" });
});

test("ends a watch when the server goes", async () => {
  const other = await openWire();
  const its = await connectCluster(other.kubeconfig);
  const { resourceVersion } = await its.list({ apiVersion: "v1", kind: "Pod" });
  const options = { resourceVersion, signal: new AbortController().signal };
  const heard: string[] = [];
  setTimeout(() => other.core.create(pod("last")), 50);
  for await (const { type } of its.watch({ apiVersion: "v1", kind: "Pod" }, options)) {
    heard.push(type);
    void other.wire.close();
  }
  expect(heard).toEqual(["ADDED"]);
  await other.close();
});

test("informs over the wire", async () => {
  const abort = new AbortController();
  const heard: WatchEvent<KubeObject>[] = [];
  const query = { apiVersion: "v1", kind: "Namespace" };
  const done = new Promise<void>((resolve) => {
    const onEvent = (event: WatchEvent<KubeObject>) => {
      heard.push(event);
      if (event.object.metadata.name === "late") resolve();
    };
    void informer(api, query, { signal: abort.signal, clock: systemClock(), onEvent });
  });
  setTimeout(() => opened.core.create({ ...query, metadata: { name: "late" } }), 30);
  await done;
  abort.abort();
  expect(heard.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    ...["ADDED default", "ADDED kube-node-lease", "ADDED kube-public", "ADDED kube-system"],
    "ADDED late",
  ]);
});

import { PassThrough } from "node:stream";

import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  type V1ConfigMap,
  type V1Pod,
  Watch,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openWire } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
let config: KubeConfig;
let api: KubernetesObjectApi;

beforeAll(async () => {
  opened = await openWire();
  config = new KubeConfig();
  config.loadFromFile(opened.kubeconfig);
  api = KubernetesObjectApi.makeApiClient(config);
});
afterAll(() => opened.close());

const configMap = (name: string, data: Record<string, string> = {}): V1ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", labels: { set: "a" } },
  data,
});
const pod: V1Pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "default" },
  spec: { containers: [{ name: "c", image: "busybox:1" }] },
};

test("creates, reads, lists and deletes", async () => {
  await api.create(configMap("crud", { k: "v" }));
  const read = await api.read<V1ConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "crud", namespace: "default" },
  });
  expect(read.data).toEqual({ k: "v" });
  expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date);
  const list = await api.list<V1ConfigMap>(
    "v1",
    "ConfigMap",
    "default",
    undefined,
    undefined,
    undefined,
    "metadata.name=crud",
    "set in (a,b)",
  );
  expect(list.items.map((item) => item.metadata?.name)).toEqual(["crud"]);
  await api.delete(configMap("crud"));
  await expect(api.read(configMap("crud") as never)).rejects.toMatchObject({ code: 404 });
});

test("patches in three ways", async () => {
  await api.create(configMap("patched", { a: "1" }));
  const patch = (body: object, strategy: PatchStrategy) =>
    api.patch<V1ConfigMap>(body as never, undefined, undefined, "test", undefined, strategy);
  const merged = await patch({ ...configMap("patched"), data: { b: "2" } }, PatchStrategy.MergePatch);
  expect(merged.data).toEqual({ a: "1", b: "2" });
  const strategic = await patch({ ...configMap("patched"), data: { a: null } }, PatchStrategy.StrategicMergePatch);
  expect(strategic.data).toEqual({ b: "2" });
  const core = config.makeApiClient(CoreV1Api);
  const operations = [{ op: "add", path: "/data/c", value: "3" }];
  const json = await core.patchNamespacedConfigMap({ name: "patched", namespace: "default", body: operations });
  expect(json.data).toEqual({ b: "2", c: "3" });
});

test("applies, and reports conflicts by manager", async () => {
  const apply = (data: Record<string, string>, manager: string, force?: boolean) =>
    api.patch<V1ConfigMap>(
      configMap("applied", data) as never,
      undefined,
      undefined,
      manager,
      force,
      PatchStrategy.ServerSideApply,
    );
  await apply({ a: "1" }, "one");
  await expect(apply({ a: "2" }, "two")).rejects.toMatchObject({
    code: 409,
    body: expect.stringContaining('conflict with \\"one\\": .data.a'),
  });
  expect((await apply({ a: "2" }, "two", true)).data).toEqual({ a: "2" });
});

test("writes status through its subresource", async () => {
  await api.create(pod);
  const core = config.makeApiClient(CoreV1Api);
  await core.patchNamespacedPodStatus({
    name: "p",
    namespace: "default",
    body: [{ op: "replace", path: "/status/phase", value: "Running" }],
  });
  const read = await core.readNamespacedPod({ name: "p", namespace: "default" });
  expect(read.status?.phase).toBe("Running");
  expect(read.spec?.containers[0]?.imagePullPolicy).toBe("IfNotPresent");
});

test("watches from a list's version", async () => {
  const { metadata } = await api.list("v1", "ConfigMap", "default");
  const events: string[] = [];
  const watch = await new Promise<AbortController>((resolve) => {
    const started = new Watch(config).watch(
      "/api/v1/namespaces/default/configmaps",
      { resourceVersion: metadata?.resourceVersion, labelSelector: "set=a" },
      (type: string, object: V1ConfigMap) => {
        events.push(`${type} ${object.metadata?.name}`);
        if (type === "DELETED") void started.then(resolve);
      },
      () => {},
    );
    void (async () => {
      await api.create(configMap("watched"));
      await api.create({ ...configMap("unseen"), metadata: { name: "unseen", namespace: "default" } });
      await api.delete(configMap("watched"));
    })();
  });
  watch.abort();
  expect(events).toEqual(["ADDED watched", "DELETED watched"]);
});

test("feeds client-node's informer", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const informer = makeInformer<V1ConfigMap>(config, "/api/v1/namespaces/kube-system/configmaps", () =>
    core.listNamespacedConfigMap({ namespace: "kube-system" }),
  );
  const seen = new Promise<string | undefined>((resolve) =>
    informer.on("add", (object) => resolve(object.metadata?.name)),
  );
  await informer.start();
  await api.create({ ...configMap("informed"), metadata: { name: "informed", namespace: "kube-system" } });
  expect(await seen).toBe("informed");
  await informer.stop();
});

test("reads logs, also followed", async () => {
  const read = async (options: object) => {
    const stream = new PassThrough();
    const text = (async () => {
      let all = "";
      for await (const chunk of stream) all += chunk;
      return all;
    })();
    await new Log(config).log("default", "p", "c", stream, options);
    return text;
  };
  expect(await read({ tailLines: 3 })).toBe("log of c, last 3\n");
  expect(await read({ follow: true })).toBe("log of c\nand on\n");
  await expect(
    read({}).then(() => new Log(config).log("default", "p", "nope", new PassThrough(), {})),
  ).rejects.toMatchObject({ code: 400 });
});

test("evicts with a reason in the conditions", async () => {
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedPodBinding({
    name: "p",
    namespace: "default",
    body: { metadata: { name: "p" }, target: { kind: "Node", name: "n1" } },
  });
  await core.createNamespacedPodEviction({ name: "p", namespace: "default", body: { metadata: { name: "p" } } });
  const evicted = await core.readNamespacedPod({ name: "p", namespace: "default" });
  expect(evicted.metadata?.deletionGracePeriodSeconds).toBe(30);
  expect(evicted.status?.conditions?.find(({ type }) => type === "DisruptionTarget")?.reason).toBe(
    "EvictionByEvictionAPI",
  );
});

test("keeps the server free of internal errors", () => {
  expect(opened.errors).toEqual([]);
});

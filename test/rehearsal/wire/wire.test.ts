import { stat } from "node:fs/promises";
import { request } from "node:https";

import { afterAll, beforeAll, expect, test } from "vitest";

import { sleep } from "../../../src/kernel/clock.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { configMap, job, pod, refOf } from "../core/objects.ts";
import { openWire, raw, token } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;

beforeAll(async () => {
  opened = await openWire({ historyLimit: 200 });
});
afterAll(() => opened.close());

const configMaps = "/api/v1/namespaces/default/configmaps";
const get = async (path: string, headers: Record<string, string> = {}) => {
  const { text, status, contentType } = await raw(opened.wire, { path, headers });
  return { status, contentType, body: JSON.parse(text) };
};

/** The lines of a watch until it ends, or until `enough` of them. */
function watchLines(
  path: string,
  enough = Number.POSITIVE_INFINITY,
  onOpen?: () => void,
): Promise<Record<string, never>[]> {
  const { port, certificatePem } = opened.wire;
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      ca: certificatePem,
      path,
      agent: false,
      headers: { authorization: `Bearer ${token}` },
    };
    const sent = request(options, (response) => {
      let text = "";
      const lines = () =>
        text
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line));
      onOpen?.();
      response.on("data", (chunk) => {
        text += chunk;
        if (lines().length < enough) return;
        sent.destroy();
        resolve(lines());
      });
      response.on("end", () => resolve(lines()));
      response.on("error", () => resolve(lines()));
    });
    sent.on("error", reject);
    sent.end();
  });
}

test.each(["/api", "/apis", "/api/v1", "/apis/batch", "/apis/batch/v1", "/apis/karpenter.sh/v1", "/version"])(
  "describes itself at %s",
  async (path) => {
    const { status, body } = await get(path);
    expect([status, typeof body]).toEqual([200, "object"]);
  },
);

test("lists resources and their subresources", async () => {
  const { body } = await get("/api/v1");
  const names = body.resources.map(({ name }: { name: string }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "pods",
      "pods/log",
      "pods/eviction",
      "pods/binding",
      "pods/status",
      "nodes/status",
      "configmaps",
    ]),
  );
});

test("answers aggregated discovery in its own type", async () => {
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
  const { contentType, body } = await get("/apis", { accept });
  expect(contentType).toBe("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  const karpenter = body.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === "karpenter.sh");
  expect(karpenter.versions[0].resources.map(({ resource }: { resource: string }) => resource)).toEqual([
    "nodepools",
    "nodeclaims",
  ]);
});

test("pages through one snapshot", async () => {
  for (const name of ["a", "b", "c"]) opened.core.create(configMap(name));
  const first = (await get(`${configMaps}?limit=2`)).body;
  opened.core.delete(refOf(configMap("c")));
  const second = (await get(`${configMaps}?limit=2&continue=${first.metadata.continue}`)).body;
  expect([first.metadata.remainingItemCount, second.items[0].metadata.name, second.metadata.continue]).toEqual([
    1,
    "c",
    undefined,
  ]);
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expect((await get(`${configMaps}?continue=bm9wZQ`)).status).toBe(400);
});

test("deletes collections by selector", async () => {
  opened.core.create(configMap("sel-1", {}, { labels: { gone: "yes" } }));
  opened.core.create(configMap("sel-2"));
  await raw(opened.wire, { method: "DELETE", path: `${configMaps}?labelSelector=gone=yes` });
  expect([
    opened.core.find(refOf(configMap("sel-1"))),
    opened.core.find(refOf(configMap("sel-2")))?.metadata.name,
  ]).toEqual([undefined, "sel-2"]);
});

test("leaves a job's pods unless told otherwise", async () => {
  opened.core.create(job("j"));
  await raw(opened.wire, { method: "DELETE", path: "/apis/batch/v1/namespaces/default/jobs/j" });
  expect(opened.core.read(refOf(job("j"))).metadata.finalizers).toEqual(["orphan"]);
});

test("starts a watch with what is there", async () => {
  const lines = await watchLines(
    `/api/v1/namespaces?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    5,
  );
  expect(lines.map(({ type }) => type)).toEqual(["ADDED", "ADDED", "ADDED", "ADDED", "BOOKMARK"]);
  expect(lines[4]).toMatchObject({ object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } } });
});

test("ends a watch when its time is up", async () => {
  const began = process.hrtime.bigint();
  expect(
    await watchLines(`${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${opened.core.resourceVersion()}`),
  ).toEqual([]);
  expect(Number(process.hrtime.bigint() - began) / 1e6).toBeGreaterThan(900);
});

test("tells a watch from too old a version so", async () => {
  for (let index = 0; index < 210; index += 1) opened.core.create(configMap(`many-${index}`));
  const lines = await watchLines(`${configMaps}?watch=1&resourceVersion=1`);
  expect(lines).toMatchObject([{ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } }]);
});

test("holds the clock while it handles a request", async () => {
  const { clock } = opened;
  const cancel = clock.schedule(3_600_000, () => {});
  expect(clock.pace()).toBe(60);
  let pace = 0;
  const stop = opened.core.subscribe(configMap(""), () => {
    pace = clock.pace();
  });
  await raw(opened.wire, {
    method: "POST",
    path: configMaps,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(configMap("held")),
  });
  stop();
  await sleep(systemClock(), 20);
  expect([pace, clock.pace()]).toEqual([1, 60]);
  cancel();
});

test("does not hold the clock for a watch", async () => {
  const { clock } = opened;
  const cancel = clock.schedule(3_600_000, () => {});
  let pace = 0;
  await watchLines(`${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${opened.core.resourceVersion()}`, 1, () => {
    pace = clock.pace();
  });
  expect(pace).toBe(60);
  cancel();
});

test("names the manager by the user agent", async () => {
  const headers = { "content-type": "application/json", "user-agent": "kubectl/v1.35 (linux/amd64)" };
  const { text } = await raw(opened.wire, {
    method: "POST",
    path: configMaps,
    headers,
    body: JSON.stringify(configMap("agent", { k: "v" })),
  });
  expect(JSON.parse(text).metadata.managedFields[0].manager).toBe("kubectl");
});

test("asks for a version to replace a custom object", async () => {
  const put = await raw(opened.wire, {
    method: "PUT",
    path: "/apis/karpenter.sh/v1/nodepools/x",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ metadata: { name: "x" } }),
  });
  expect([put.status, JSON.parse(put.text).message]).toEqual([
    422,
    'NodePool.karpenter.sh "x" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  ]);
});

test("asks which container's log is meant", async () => {
  opened.core.create(
    pod("two", {
      containers: [
        { name: "a", image: "i" },
        { name: "b", image: "i" },
      ],
    }),
  );
  const { status, body } = await get("/api/v1/namespaces/default/pods/two/log");
  expect([status, body.message]).toEqual([400, "a container name must be specified for pod two, choose one of: [a b]"]);
  expect(
    (await raw(opened.wire, { path: "/api/v1/namespaces/default/pods/two/log?container=b&tailLines=1" })).text,
  ).toBe("log of b, last 1\n");
});

test("names a log's start that is no time", async () => {
  const { status, body } = await get("/api/v1/namespaces/default/pods/two/log?container=b&sinceTime=yesterday");
  expect([status, body.message]).toEqual([400, 'unable to parse sinceTime "yesterday"']);
});

test("writes a kubeconfig that only its user reads", async () => {
  expect((await stat(opened.kubeconfig)).mode & 0o777).toBe(0o600);
});

test("has met no error of its own", () => {
  expect(opened.errors).toEqual([]);
});

import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import type { WatchEvent } from "../../../src/cluster/api.ts";
import { connectCluster } from "../../../src/cluster/connect.ts";
import { informer } from "../../../src/cluster/informer.ts";
import { type KubeObject, keyOf } from "../../../src/cluster/objects.ts";
import { manualClock, systemClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import { createFaults } from "../../../src/rehearsal/faults/faults.ts";
import { writeKubeconfig } from "../../../src/rehearsal/wire/kubeconfig.ts";
import { startWire } from "../../../src/rehearsal/wire/server.ts";
import { raw, token } from "../wire/open-wire.ts";

/** A wire that may suffer faults, and Aura's own client of it. */
async function open(...specs: readonly object[]) {
  const clock = manualClock();
  const faults = createFaults({ clock, random: seededRandom(1) });
  const core = createCore({ clock: faults.skewed(clock), random: seededRandom(7) });
  const wire = await startWire({ core, clock, faults, token, logs: { async *read() {} } });
  const directory = await mkdtemp(join(tmpdir(), "aura-faults-"));
  onTestFinished(async () => {
    await wire.close();
    await rm(directory, { recursive: true });
  });
  const kubeconfig = join(directory, "kubeconfig");
  await writeKubeconfig(kubeconfig, { ...wire, token });
  const api = await connectCluster(kubeconfig);
  for (const spec of specs) faults.add(spec);
  return { clock, faults, core, wire, api };
}

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data,
});
const path = "/api/v1/namespaces/default/configmaps";
const json = { "content-type": "application/json" };

it("answers with the error and its Retry-After", async () => {
  const { wire } = await open({ fault: "api-error", code: 429, retryAfter: 7, kind: "configmaps", verb: "list" });
  const { status, headers } = await head(wire, path);
  expect([status, headers["retry-after"]]).toEqual([429, "7"]);
  const other = await raw(wire, { path: "/api/v1/namespaces" });
  expect(other.status).toBe(200);
});

it("lets nothing be done by what is denied", async () => {
  const { wire, core } = await open({ fault: "deny", verb: "create", kind: "ConfigMap", namespace: "default" });
  const answer = await raw(wire, { method: "POST", path, headers: json, body: JSON.stringify(configMap("a")) });
  expect(JSON.parse(answer.text)).toMatchObject({ kind: "Status", code: 403, reason: "Forbidden" });
  expect(core.find(configMap("a"))).toBeUndefined();
});

it("answers a late request after an early one", async () => {
  const { wire } = await open({ fault: "api-latency", latency: "300ms", kind: "configmaps" });
  const order: string[] = [];
  const ask = async (kind: string) => {
    await raw(wire, { path: `/api/v1/namespaces/default/${kind}` });
    order.push(kind);
  };
  await Promise.all([ask("configmaps"), ask("secrets")]);
  expect(order).toEqual(["secrets", "configmaps"]);
});

it("says who was faster in a conflict", async () => {
  const { wire, core } = await open({ fault: "conflict", kind: "configmaps", times: 1 });
  core.create(configMap("a"));
  const patch = { method: "PATCH", path: `${path}/a`, headers: { "content-type": "application/merge-patch+json" } };
  const [first, second] = [await raw(wire, { ...patch, body: "{}" }), await raw(wire, { ...patch, body: "{}" })];
  expect([first.status, second.status]).toEqual([409, 200]);
  expect(JSON.parse(first.text)).toMatchObject({
    reason: "Conflict",
    message: expect.stringContaining('Operation cannot be fulfilled on configmaps "a": the object has been modified'),
  });
});

it("skews timestamps and the Date header alike", async () => {
  const { wire, core, clock, faults } = await open({ fault: "clock-skew", by: "-1h" });
  const skewed = new Date(clock.now() - 3_600_000);
  const { creationTimestamp } = core.create<KubeObject>(configMap("a")).metadata;
  expect(Date.parse(creationTimestamp ?? "")).toBe(skewed.getTime());
  expect((await head(wire, path)).headers["date"]).toBe(skewed.toUTCString());
  faults.clear();
  expect((await head(wire, path)).headers["date"]).toBe(new Date(clock.now()).toUTCString());
});

it.each([
  ["dropped", { fault: "watch-drop", probability: 0.3, seed: 1 }],
  ["ended as too old", { fault: "watch-drop", code: 410, probability: 0.3, seed: 1 }],
  ["duplicated", { fault: "watch-duplicate", seed: 1 }],
])("an informer misses and doubles nothing when %s", async (_, spec) => {
  const { core, api, faults } = await open({ ...spec, kind: "configmaps" });
  const events = new Map<string, string[]>();
  let synced = () => {};
  const ready = new Promise<void>((resolve) => {
    synced = resolve;
  });
  const abort = new AbortController();
  const onEvent = ({ type, object }: WatchEvent<KubeObject>) => {
    const key = keyOf(object);
    events.set(key, [...(events.get(key) ?? []), `${type} ${object.metadata.resourceVersion}`]);
  };
  const query = { apiVersion: "v1", kind: "ConfigMap" };
  const following = informer(api, query, { signal: abort.signal, onEvent, clock: systemClock(), onSynced: synced });
  await ready;

  const names = Array.from({ length: 12 }, (_unused, index) => `c${index}`);
  for (const name of names) {
    core.create(configMap(name));
    await pause();
  }
  // What came and went while an informer was away need not be told
  await until(() => names.every((name) => events.has(`default/${name}`)));
  for (const name of names.slice(0, 6)) core.delete(configMap(name));
  const gone = (name: string) => events.get(`default/${name}`)?.at(-1)?.startsWith("DELETED") === true;
  await until(() => names.slice(0, 6).every(gone));
  abort.abort();
  await following;

  const told = [...events.values()];
  expect(told.every((list) => new Set(list).size === list.length)).toBe(true);
  expect(told.map((list) => list.length).sort()).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
  expect(faults.list()[0]?.struck).toBeGreaterThan(0);
});

it("reads on through errors and conflicts", async () => {
  const { api, faults } = await open(
    { fault: "api-error", code: 503, probability: 0.1, seed: 3 },
    { fault: "conflict", probability: 0.3, seed: 3 },
  );
  for (let index = 0; index < 20; index += 1) {
    await api.apply(configMap(`c${index}`, { at: String(index) }), { fieldManager: "test" });
  }
  expect((await api.list({ apiVersion: "v1", kind: "ConfigMap", namespace: "default" })).items).toHaveLength(20);
  expect(faults.list().every(({ struck }) => struck > 0)).toBe(true);
});

function head(wire: { readonly port: number; readonly certificatePem: string }, from: string) {
  return new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const options = { host: "127.0.0.1", port: wire.port, ca: wire.certificatePem, path: from, agent: false, headers };
    const sent = request(options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    sent.on("error", reject);
    sent.end();
  });
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause();
}

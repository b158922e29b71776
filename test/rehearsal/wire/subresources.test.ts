import { afterEach, beforeEach, expect, test } from "vitest";

import type { KubeObject, Pod } from "../../../src/cluster/objects.ts";
import { pod, refOf } from "../core/objects.ts";
import { openWire, raw } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
beforeEach(async () => {
  opened = await openWire();
});
afterEach(() => opened.close());

async function send(method: string, path: string, body?: object, contentType = "application/json") {
  const sent = body === undefined ? {} : { headers: { "content-type": contentType }, body: JSON.stringify(body) };
  const { status, text } = await raw(opened.wire, { method, path, ...sent });
  return { status, body: JSON.parse(text) };
}

const pods = "/api/v1/namespaces/default/pods";

function runningPod(name: string, isReady = true): void {
  opened.core.create(pod(name, {}, { labels: { app: "web" } }));
  const conditions = [{ type: "Ready", status: isReady ? "True" : "False" }];
  opened.core.patch(refOf(pod(name)), { status: { phase: "Running", conditions } }, { subresource: "status" });
}

function budget(status: object, spec: object = { minAvailable: 1 }): void {
  const metadata = { name: "b", namespace: "default" };
  const made = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata };
  opened.core.create({ ...made, spec: { selector: { matchLabels: { app: "web" } }, ...spec } } as KubeObject);
  opened.core.patch(made, { status }, { subresource: "status" });
}

const evict = (name: string, more: object = {}) =>
  send("POST", `${pods}/${name}/eviction`, { apiVersion: "policy/v1", kind: "Eviction", metadata: { name }, ...more });
const budgetNow = async () =>
  (await send("GET", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b")).body.status;

test("spends a disruption budget, then refuses", async () => {
  for (const name of ["x", "y"]) runningPod(name);
  budget({ observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 });
  expect((await evict("x", { deleteOptions: { dryRun: ["All"] } })).status).toBe(201);
  expect((await budgetNow()).disruptionsAllowed).toBe(1);
  expect((await evict("x")).status).toBe(201);
  const { disruptionsAllowed, disruptedPods } = await budgetNow();
  expect([disruptionsAllowed, Object.keys(disruptedPods)]).toEqual([0, ["x"]]);
  const refused = await evict("y");
  expect([refused.status, refused.body.reason, refused.body.details.causes]).toEqual([
    429,
    "TooManyRequests",
    [{ reason: "DisruptionBudget", message: "The disruption budget b needs 1 healthy pods and has 2 currently" }],
  ]);
  expect(opened.core.find<Pod>(refOf(pod("y")))?.metadata.deletionTimestamp).toBeUndefined();
});

test("waits for a budget to be looked at", async () => {
  runningPod("x");
  budget({ disruptionsAllowed: 1 });
  const { status, body } = await evict("x");
  expect([status, body.details.retryAfterSeconds]).toEqual([429, 10]);
});

test("lets pods go that are not ready", async () => {
  runningPod("x", false);
  budget({ observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 });
  expect((await evict("x")).status).toBe(201);
});

test("reads and writes a scale", async () => {
  const template = { metadata: { labels: { a: "d" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  const spec = { replicas: 2, selector: { matchLabels: { a: "d" } }, template };
  const deployments = "/apis/apps/v1/namespaces/default/deployments";
  await send("POST", deployments, { metadata: { name: "d" }, spec });
  const { body } = await send("GET", `${deployments}/d/scale`);
  expect([body.kind, body.spec, body.status]).toEqual(["Scale", { replicas: 2 }, { replicas: 0, selector: "a=d" }]);
  const patched = await send(
    "PATCH",
    `${deployments}/d/scale`,
    { spec: { replicas: 7 } },
    "application/merge-patch+json",
  );
  expect([patched.status, patched.body.spec.replicas]).toEqual([200, 7]);
  expect((await send("PUT", `${deployments}/d/scale`, { ...body, spec: { replicas: 9 } })).status).toBe(409);
  expect((await send("PUT", `${deployments}/d/scale`, { ...patched.body, spec: { replicas: -1 } })).status).toBe(422);
  // kubectl replaces a scale without naming a type
  const bare = await raw(opened.wire, {
    method: "PUT",
    path: `${deployments}/d/scale`,
    body: JSON.stringify({ ...patched.body, spec: { replicas: 8 } }),
  });
  expect([bare.status, (await send("GET", `${deployments}/d`)).body.spec.replicas]).toEqual([200, 8]);
});

test("has no scale of a pod", async () => {
  runningPod("x");
  expect((await send("GET", `${pods}/x/scale`)).status).toBe(404);
});

test.each(["portforward", "attach", "proxy", "ephemeralcontainers"])("says that %s is left out", async (name) => {
  const { status, body } = await send("POST", `${pods}/x/${name}`, {});
  expect([status, body.message]).toEqual([501, expect.stringContaining("is left out of the rehearsal on purpose")]);
});

test.each([
  ["authorization.k8s.io/v1/selfsubjectaccessreviews", { allowed: true }],
  ["authorization.k8s.io/v1/selfsubjectrulesreviews", { incomplete: false }],
  ["authentication.k8s.io/v1/selfsubjectreviews", { userInfo: { username: "kubernetes-admin" } }],
])("answers %s", async (path, status) => {
  const answer = await send("POST", `/apis/${path}`, { spec: { a: "b" } });
  expect(answer).toMatchObject({ status: 201, body: { spec: { a: "b" }, status } });
});

test("refuses options that mean nothing", async () => {
  expect((await send("POST", `${pods}?dryRun=Some`, pod("x"))).status).toBe(422);
  expect((await send("POST", `${pods}?fieldValidation=Some`, pod("x"))).status).toBe(422);
  runningPod("x");
  expect((await send("DELETE", `${pods}/x`, { propagationPolicy: "Some" })).status).toBe(422);
  expect((await send("DELETE", `${pods}/x`, { preconditions: { uid: "other" } })).status).toBe(409);
});

test("warns of fields that it drops", async () => {
  const body = JSON.stringify(pod("x", { wrong: 1 }));
  const { port, certificatePem } = opened.wire;
  const answer = await raw(
    { port, certificatePem },
    { method: "POST", path: pods, headers: { "content-type": "application/json" }, body },
  );
  expect([answer.status, answer.warning]).toEqual([201, '299 - "unknown field \\"spec.wrong\\""']);
});

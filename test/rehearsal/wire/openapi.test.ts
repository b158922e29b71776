import { afterAll, beforeAll, expect, test } from "vitest";

import { openWire, raw } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
beforeAll(async () => {
  opened = await openWire();
});
afterAll(() => opened.close());

const get = async (path: string) => raw(opened.wire, { path });
const json = async (path: string) => JSON.parse((await get(path)).text);

test("links every group's document with its hash", async () => {
  const { paths } = await json("/openapi/v3");
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(["api/v1", "apis/batch/v1", "apis/karpenter.sh/v1"]));
  const { serverRelativeURL } = paths["apis/apps/v1"];
  expect(serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
  expect((await get(serverRelativeURL)).status).toBe(200);
});

test("says that writes can be validated", async () => {
  const { paths } = await json("/openapi/v3/apis/batch/v1");
  const { patch } = paths["/apis/batch/v1/namespaces/{namespace}/jobs/{name}"];
  expect(patch["x-kubernetes-group-version-kind"]).toEqual({ group: "batch", version: "v1", kind: "Job" });
  expect(patch.parameters.map(({ name }: { name: string }) => name)).toContain("fieldValidation");
});

test("describes types and fields by reference", async () => {
  const { schemas } = (await json("/openapi/v3/api/v1")).components;
  const pod = schemas["io.k8s.api.core.v1.Pod"];
  expect(pod["x-kubernetes-group-version-kind"]).toEqual([{ group: "", version: "v1", kind: "Pod" }]);
  expect(pod.properties.spec.allOf ?? [pod.properties.spec]).toEqual([
    { $ref: "#/components/schemas/io.k8s.api.v1.PodSpec" },
  ]);
  expect(schemas["io.k8s.api.v1.PodSpec"]).toMatchObject({
    required: ["containers"],
    description: expect.stringContaining("description of a pod"),
  });
  expect(schemas["io.k8s.api.core.v1.Service"].description).toContain("left out of the rehearsal on purpose");
});

test("resolves every reference that it makes", async () => {
  for (const path of Object.keys((await json("/openapi/v3")).paths)) {
    const { text } = await get(`/openapi/v3/${path}`);
    const { schemas } = JSON.parse(text).components;
    const refs = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = ""]) => name);
    expect(refs.filter((name) => schemas[name] === undefined)).toEqual([]);
  }
});

test("has an empty document in version 2", async () => {
  const answer = await get("/openapi/v2");
  expect([answer.status, answer.contentType]).toEqual([
    200,
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
  ]);
  expect((await get("/openapi/v3/apis/none/v1")).status).toBe(404);
});

import { connect as connectTcp } from "node:net";
import { networkInterfaces } from "node:os";
import { connect } from "node:tls";

import { afterAll, beforeAll, expect, test } from "vitest";

import { openWire, raw, token } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;

beforeAll(async () => {
  opened = await openWire({
    extra: (method, path, body) =>
      path === "/aura/v1/echo" ? Promise.resolve({ status: 200, body: { method, body } }) : undefined,
  });
});
afterAll(() => opened.close());

const pods = "/api/v1/namespaces/default/pods";
const json = { "content-type": "application/json" };
const body = JSON.stringify({ metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "i" }] } });
const nested = (depth: number) => `{"metadata":{"name":"deep"},"data":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`;
const configMaps = "/api/v1/namespaces/default/configmaps";

test.each<[string, Parameters<typeof raw>[1], number]>([
  ["no token", { path: pods, headers: { authorization: "" } }, 401],
  ["a wrong token", { path: pods, headers: { authorization: "Bearer wrong" } }, 401],
  ["a token in basic form", { path: pods, headers: { authorization: `Basic ${token}` } }, 401],
  ["a wrong token to Aura's own endpoints", { path: "/aura/v1/echo", headers: { authorization: "Bearer wrong" } }, 401],
  ["a wrong token for its health", { path: "/readyz", headers: { authorization: "Bearer wrong" } }, 401],
  ["a foreign host", { path: pods, headers: { host: "evil.example" } }, 421],
  ["the right host at another port", { path: pods, headers: { host: "127.0.0.1:1" } }, 421],
  ["the origin of a page", { path: pods, headers: { origin: "https://evil.example" } }, 403],
  ["the null origin", { path: pods, headers: { origin: "null" } }, 403],
  ["a text/plain post", { method: "POST", path: pods, headers: { "content-type": "text/plain" }, body }, 415],
  [
    "a form post",
    { method: "POST", path: pods, headers: { "content-type": "application/x-www-form-urlencoded" }, body },
    415,
  ],
  ["a post without a type", { method: "POST", path: pods, body }, 415],
  ["parent folders", { path: "/api/v1/namespaces/default/pods/../../../../etc/passwd" }, 400],
  ["encoded parent folders", { path: "/api/v1/namespaces/default/pods/%2e%2e/log" }, 400],
  ["an encoded slash", { path: "/api/v1/namespaces/default/pods/..%2f..%2fx/log" }, 400],
  ["a NUL in the path", { path: "/api/v1/namespaces/default/pods/a%00b" }, 400],
  ["broken encoding", { path: "/api/v1/namespaces/default/pods/%zz" }, 400],
  ["an empty segment", { path: "/api/v1//pods" }, 400],
  ["a huge body", { method: "POST", path: configMaps, headers: json, body: "x".repeat(4 * 1024 * 1024) }, 413],
  ["a body that is no JSON", { method: "POST", path: configMaps, headers: json, body: "{" }, 400],
  ["a body that is no object", { method: "POST", path: configMaps, headers: json, body: "[1]" }, 400],
  ["deep JSON", { method: "POST", path: configMaps, headers: json, body: nested(200) }, 400],
  ["very deep JSON", { method: "POST", path: configMaps, headers: json, body: nested(200_000) }, 400],
  [
    "deep YAML",
    {
      method: "POST",
      path: configMaps,
      headers: { "content-type": "application/yaml" },
      body: `a: ${"[".repeat(5000)}`,
    },
    400,
  ],
  ["an unknown method", { method: "OPTIONS", path: pods }, 405],
])("refuses %s", async (_, request, status) => {
  const answer = await raw(opened.wire, request);
  expect(answer.status).toBe(status);
  if (answer.contentType === "application/json")
    expect(JSON.parse(answer.text)).toMatchObject({ kind: "Status", code: status });
  expect(opened.core.list({ apiVersion: "v1", kind: "Pod" }).items).toEqual([]);
});

test("refuses a YAML bomb", async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(",")}]`,
  );
  const bomb = ["l0: &l0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]", ...levels].join("\n");
  const answer = await raw(opened.wire, {
    method: "POST",
    path: configMaps,
    headers: { "content-type": "application/yaml" },
    body: bomb,
  });
  expect(answer.status).toBe(400);
});

test("takes YAML and JSON that is as deep as objects get", async () => {
  const yaml = await raw(opened.wire, {
    method: "POST",
    path: configMaps,
    headers: { "content-type": "application/yaml" },
    body: "metadata: {name: y}\ndata: {k: v}",
  });
  expect(yaml.status).toBe(201);
  expect(JSON.parse(yaml.text)).toMatchObject({ kind: "ConfigMap", data: { k: "v" } });
});

test("serves its own endpoints behind the same guard", async () => {
  const answer = await raw(opened.wire, { method: "POST", path: "/aura/v1/echo", headers: json, body: '{"a":1}' });
  expect(JSON.parse(answer.text)).toEqual({ method: "POST", body: { a: 1 } });
  expect((await raw(opened.wire, { path: "/aura/v1/none" })).status).toBe(404);
});

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

test.skipIf(outside === undefined)("listens on the loopback interface alone", async () => {
  const failure = await new Promise<Error>((resolve, reject) => {
    const socket = connectTcp({ port: opened.wire.port, host: outside ?? "" }, () => reject(new Error("connected")));
    socket.on("error", resolve);
  });
  expect(failure).toMatchObject({ code: "ECONNREFUSED" });
});

test("survives clients that break off", async () => {
  const { port, certificatePem } = opened.wire;
  const send = (text: string) =>
    new Promise<void>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", ca: certificatePem, servername: "localhost" }, () => {
        socket.write(text);
        setTimeout(() => socket.destroy(), 20);
      });
      socket.on("close", () => resolve());
    });
  const head = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`;
  await send("nonsense\r\n\r\n");
  await send(`POST ${pods} HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half":`);
  await send(`GET ${pods}?watch=1 HTTP/1.1\r\n${head}\r\n`);
  expect((await raw(opened.wire, { path: "/readyz" })).text).toBe("ok");
  // Were the clock still held for one of them, it would not run fast
  const cancel = opened.clock.schedule(3_600_000, () => {});
  expect(opened.clock.pace()).toBe(60);
  cancel();
});

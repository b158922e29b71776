import { connect } from "node:tls";
import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "vitest";

import { openWire, raw, token } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;

beforeAll(async () => {
  opened = await openWire({ limits: { headersMs: 1000, requestMs: 1500 } });
});
afterAll(() => opened.close());

const configMaps = "/api/v1/namespaces/default/configmaps";
const pods = "/api/v1/namespaces/default/pods";
const json = { "content-type": "application/json" };
const head = () => `Host: 127.0.0.1:${opened.wire.port}\r\nAuthorization: Bearer ${token}\r\n`;
const isAlive = async () => (await raw(opened.wire, { path: "/readyz" })).text === "ok";

/** What comes back for bytes until the server closes or nothing more comes. */
async function exchange(text: string | Buffer, quietMs = 150): Promise<string> {
  const { port, certificatePem: ca } = opened.wire;
  const socket = connect({ port, host: "127.0.0.1", ca, servername: "localhost" });
  socket.on("error", () => {});
  let answer = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    answer += chunk;
    socket.setTimeout(quietMs);
  });
  socket.once("timeout", () => socket.destroy()).write(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}

const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

test.each([
  "/aura/v1/x",
  "/openapi/v3",
  "/openapi/v2",
  "/version",
  "/api",
  "/apis",
  `${pods}?watch=1`,
  `${pods}/p/log`,
])("shows nothing at %s without the token", async (path) => {
  const answer = await raw(opened.wire, { path, headers: { authorization: "Bearer x" } });
  expect(answer).toMatchObject({ status: 401, text: expect.stringContaining("Unauthorized") });
  expect(answer.text).not.toContain(token);
});

test.each<[string, Record<string, string>, number]>([
  ["no token", { Authorization: "Bearer x" }, 401],
  ["a page's origin", { Origin: "https://evil.example" }, 403],
  ["a foreign host", { Host: "evil.example" }, 421],
  ["a way out of its pod", {}, 400],
])("refuses to upgrade with %s", async (what, more, status) => {
  const path = what.startsWith("a way") ? `${pods}/..%2fx/exec?command=a` : `${pods}/p/exec?command=a`;
  const headers: Record<string, string> = {
    ...{ Host: `127.0.0.1:${opened.wire.port}`, Authorization: `Bearer ${token}`, Connection: "Upgrade" },
    ...{ Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==" },
    ...{ "Sec-WebSocket-Protocol": "v5.channel.k8s.io", ...more },
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  expect(statuses(await exchange(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`))).toEqual([status]);
});

test.each([
  ["overlong UTF-8", `${pods}/%c0%ae%c0%ae/log`, 400],
  ["a slash twice encoded", `${pods}/..%252fx/log`, 404],
  ["a backslash", `${pods}/..%5cx/log`, 400],
  ["a NUL", `${pods}/p%00/log`, 400],
  ["another's container", `${pods}/p/log?container=..%2f..%2fetc`, 404],
])("does not leave the folder of logs by %s", async (_, path, status) => {
  expect((await raw(opened.wire, { path })).status).toBe(status);
});

test("takes no name that is a path", async () => {
  for (const name of ["../x", "a/b", "..", ".", "a\0b", "A", "-", "x".repeat(254)]) {
    const body = JSON.stringify({ metadata: { name } });
    expect((await raw(opened.wire, { method: "POST", path: configMaps, headers: json, body })).status).toBe(422);
  }
});

test("does not inflate a body", async () => {
  const bomb = gzipSync(Buffer.alloc(1_000_000, 32)).toString("latin1");
  for (const encoding of ["gzip", "deflate", "br", "x"]) {
    const headers = { ...json, "content-encoding": encoding };
    expect((await raw(opened.wire, { method: "POST", path: configMaps, headers, body: bomb })).status).toBe(415);
  }
});

const post = (more: string, body: string) =>
  `POST ${configMaps} HTTP/1.1\r\n${head()}Content-Type: application/json\r\n${more}\r\n${body}`;
const named = (name: string) => JSON.stringify({ metadata: { name } });
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const exists = (name: string) =>
  opened.core.list({ apiVersion: "v1", kind: "ConfigMap", fieldSelector: `metadata.name=${name}` }).items.length;

test("takes one of two lengths for no request", async () => {
  const smuggled = post(`Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${post("", "")}`);
  const twice = post(`Content-Length: 4\r\nContent-Length: 5\r\n`, "{}{}{");
  const spaced = post(`Transfer-Encoding : chunked\r\n`, chunk(named("spaced")));
  for (const text of [smuggled, twice, spaced]) expect(statuses(await exchange(text))).not.toContain(201);
  expect(exists("spaced")).toBe(0);
});

test("bounds a body that comes in chunks", async () => {
  const answer = await exchange(post(`Transfer-Encoding: chunked\r\n`, chunk("x".repeat(1_000_000)).repeat(4)), 1000);
  expect(statuses(answer)).toEqual([413]);
});

test("answers requests in one piece in order", async () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\n${head()}\r\n`;
  const answer = await exchange(get("/readyz") + get("/none") + get("/version") + get("/livez"));
  expect(statuses(answer)).toEqual([200, 404, 200, 200]);
});

test.each([
  ["too many headers", () => `GET /readyz HTTP/1.1\r\n${head()}${"x: y\r\n".repeat(20_000)}\r\n`],
  ["a long header", () => `GET /readyz HTTP/1.1\r\n${head()}x: ${"y".repeat(100_000)}\r\n\r\n`],
  ["a long path", () => `GET /${"y".repeat(100_000)} HTTP/1.1\r\n${head()}\r\n`],
  ["CONNECT", () => `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${head()}\r\n`],
  ["another protocol", () => `\x16\x03\x01\x00`],
])("closes the connection for %s", async (_, text) => {
  expect(statuses(await exchange(text()))).not.toContain(200);
  expect(await isAlive()).toBe(true);
});

test.each(["HEAD", "OPTIONS", "TRACE", "PURGE"])("does not take %s for a resource", async (method) => {
  const answer = await raw(opened.wire, { method, path: pods });
  expect(answer.status).toBe(405);
  expect(answer.text).not.toContain(token);
});

test("ends a header that comes drop by drop", async () => {
  const { port, certificatePem: ca } = opened.wire;
  const socket = connect({ port, host: "127.0.0.1", ca, servername: "localhost" }).on("error", () => {});
  socket.resume().write("GET /readyz HTTP/1.1\r\n");
  const drip = setInterval(() => socket.write("x: y\r\n"), 50);
  // not `once`: a connection that is reset closes as well, after an error
  await new Promise((resolve) => socket.on("close", resolve));
  clearInterval(drip);
  expect(await isAlive()).toBe(true);
});

test("does not say again what was secret", async () => {
  const secrets = "/api/v1/namespaces/default/secrets";
  const secret = { metadata: { name: "s" }, type: "Opaque", immutable: true, stringData: { a: "PASSWORD" } };
  const send = (method: string, path: string, body: unknown, type = "application/json") =>
    raw(opened.wire, {
      method,
      path,
      headers: { "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  await send("POST", secrets, secret);
  const merge = "application/merge-patch+json";
  const refused = [
    await send("POST", secrets, { metadata: { name: "t" }, data: "PASSWORD" }),
    await send("POST", secrets, { metadata: { name: "t" }, data: { a: "PASSWORD!" } }),
    await send("POST", secrets, "metadata: {name: t}\nstringData: {a: 'PASSWORD", "application/yaml"),
    await send("POST", secrets, '{"stringData":{"a":"PASSWORD"', "application/json"),
    await send("PATCH", `${secrets}/s`, { stringData: { a: "PASSWORD", b: 5 } }, merge),
    await send("PATCH", `${secrets}/s`, { data: { a: "UEFTU1dPUkQx" } }, merge),
    await send("PATCH", `${secrets}/s`, { metadata: { labels: { a: "!" } }, stringData: { a: "PASSWORD1" } }, merge),
    await send("PUT", `${secrets}/s`, { ...secret, stringData: { a: "PASSWORD2" } }),
  ];
  for (const [index, { status, text }] of refused.entries()) {
    expect([index, status]).toEqual([index, expect.toSatisfy((code: number) => code >= 400 && code < 500)]);
    expect(text).not.toMatch(/PASSWORD|UEFTU1/);
  }
  expect(opened.errors).toEqual([]);
});

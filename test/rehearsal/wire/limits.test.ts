import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { afterEach, expect, test } from "vitest";

import { sleep } from "../../../src/kernel/clock.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import type { LogSource } from "../../../src/rehearsal/kubelet/log-source.ts";
import type { Limits } from "../../../src/rehearsal/wire/limits.ts";
import { configMap, pod } from "../core/objects.ts";
import { openWire, raw, token } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
afterEach(() => opened.close());

const clock = systemClock();
const configMaps = "/api/v1/namespaces/default/configmaps";
const isReady = () =>
  raw(opened.wire, { path: "/readyz" }).then(
    ({ text }) => text === "ok",
    () => false,
  );
const secured = () => {
  const { port, certificatePem } = opened.wire;
  return connectTls({ port, host: "127.0.0.1", ca: certificatePem, servername: "localhost" });
};
const head = () => `Host: 127.0.0.1:${opened.wire.port}\r\nAuthorization: Bearer ${token}\r\n`;

/** Opens a connection and says nothing, before or after the handshake, or after a first request. */
const idlers: Record<string, () => Socket> = {
  "before their handshake": () => connectTcp(opened.wire.port, "127.0.0.1"),
  "after their handshake": () => secured(),
  "in the middle of their headers": () => {
    const socket = secured();
    socket.write(`GET /readyz HTTP/1.1\r\n${head()}`);
    return socket;
  },
  "after a request": () => {
    const socket = secured();
    socket.write(`GET /readyz HTTP/1.1\r\n${head()}\r\n`);
    return socket.resume();
  },
};

test.each(Object.entries(idlers))("is not locked out by connections idle %s", async (_, idle) => {
  opened = await openWire({ limits: { connections: 16, headersMs: 300, requestMs: 400, idleMs: 300 } });
  const sockets = Array.from({ length: 100 }, idle);
  for (const socket of sockets) socket.on("error", () => {});
  while (!(await isReady())) await sleep(clock, 50);
  for (const socket of sockets) socket.destroy();
  expect(opened.errors).toEqual([]);
});

test("closes the oldest stranger for a new client", async () => {
  opened = await openWire({ limits: { connections: 16 } });
  const known = await unread(`${configMaps}?watch=1`);
  const strangers = Array.from({ length: 100 }, () => connectTcp(opened.wire.port, "127.0.0.1").on("error", () => {}));
  await Promise.all(strangers.map((socket) => once(socket, "connect")));
  expect(await isReady()).toBe(true);
  expect(opened.log).toEqual([expect.stringContaining("more than 16 connections at once")]);
  const next = once(known.setEncoding("utf8").resume(), "data");
  opened.core.create(configMap("seen"));
  const [line] = (await next) as [string];
  expect(line).toContain("seen");
  for (const socket of strangers) socket.destroy();
  known.destroy();
});

test("serves its owner beside 600 idle connections", async () => {
  opened = await openWire();
  const sockets = Array.from({ length: 600 }, () => connectTcp(opened.wire.port, "127.0.0.1"));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  expect(await isReady()).toBe(true);
  for (const socket of sockets) socket.destroy();
});

const short: Partial<Limits> = { headersMs: 200, requestMs: 300 };

test("cuts off a body that does not come", async () => {
  opened = await openWire({ limits: short });
  const cancel = opened.clock.schedule(3_600_000, () => {});
  const socket = secured();
  socket.on("error", () => {});
  socket.resume();
  socket.write(
    `POST ${configMaps} HTTP/1.1\r\n${head()}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{"half":`,
  );
  // A drop now and then does not help it
  const drip = setInterval(() => socket.write(" "), 50);
  // What it drips meanwhile may find the connection reset: no `once`, which fails with an error
  await new Promise((resolve) => socket.once("close", resolve));
  clearInterval(drip);
  await sleep(clock, 20);
  expect([opened.clock.pace(), opened.errors]).toEqual([60, []]);
  cancel();
});

/** A response that nobody reads. */
async function unread(path: string): Promise<IncomingMessage> {
  const { port, certificatePem: ca } = opened.wire;
  const headers = { authorization: `Bearer ${token}` };
  const sent = request({ host: "127.0.0.1", port, ca, path, agent: false, servername: "localhost", headers });
  sent.on("error", () => {});
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.on("error", () => {});
  return response.pause();
}

test("cuts off a watcher that does not read, and writes on", async () => {
  opened = await openWire();
  const response = await unread(`${configMaps}?watch=1&resourceVersion=${opened.core.resourceVersion()}`);
  const big = "x".repeat(500_000);
  for (let index = 0; index < 60; index += 1) {
    const { status } = await raw(opened.wire, {
      method: "POST",
      path: configMaps,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(configMap(`big-${index}`, { big })),
    });
    expect(status).toBe(201);
  }
  // It was cut off long ago: what it may read now is what was under way
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  if (!response.destroyed) await new Promise((resolve) => response.resume().once("close", resolve));
  expect(bytes).toBeLessThan(25_000_000);
});

test("begins a watch of more than it lets wait", async () => {
  opened = await openWire();
  const big = "x".repeat(500_000);
  for (let index = 0; index < 20; index += 1) opened.core.create(configMap(`big-${index}`, { big }));
  const response = await unread(
    `${configMaps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1`,
  );
  opened.core.create(configMap("one-more"));
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  expect(text.split("\n").filter((line) => line.startsWith(`{"type":"ADDED"`))).toHaveLength(21);
});

test("reads a log no further than its reader does", async () => {
  let read = 0;
  const logs: LogSource = {
    async *read() {
      for (; read < 2000; read += 1) yield "x".repeat(64 * 1024);
    },
  };
  opened = await openWire({ logs });
  opened.core.create(pod("p"));
  const response = await unread("/api/v1/namespaces/default/pods/p/log?follow=true");
  await sleep(clock, 300);
  const ahead = read;
  response.destroy();
  expect(ahead).toBeGreaterThan(0);
  expect(ahead).toBeLessThan(1000);
});

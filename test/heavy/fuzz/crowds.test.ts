import { once } from "node:events";
import { request } from "node:https";
import { connect, type Socket } from "node:net";

import { afterEach, expect, test } from "vitest";

import { configMap } from "../../rehearsal/core/objects.ts";
import { openWire, raw, token } from "../../rehearsal/wire/open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
afterEach(() => opened.close());

const configMaps = "/api/v1/namespaces/default/configmaps";
const mib = () => process.memoryUsage().rss / 2 ** 20;

test("answers its owner beside 10,000 idle connections", async () => {
  opened = await openWire();
  const before = mib();
  const sockets: Socket[] = [];
  let answered = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const socket = connect(opened.wire.port, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    if (index % 100 === 99) await once(socket, "connect");
    if (index % 500 !== 499) continue;
    expect((await raw(opened.wire, { path: "/readyz" })).text).toBe("ok");
    answered += 1;
  }
  // closed ones show when they are read
  await raw(opened.wire, { path: "/readyz" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const open = sockets.filter((socket) => !socket.destroyed).length;
  process.stdout.write(
    `10,000 connections: ${open} open, ${answered} requests answered, ${Math.round(mib() - before)} MiB more\n`,
  );
  expect(open).toBeLessThanOrEqual(2048);
  expect(opened.log).toHaveLength(1);
  for (const socket of sockets) socket.destroy();
});

test("bounds what waits for slow watchers of 10,000 changes", async () => {
  opened = await openWire();
  const { port, certificatePem: ca } = opened.wire;
  const headers = { authorization: `Bearer ${token}` };
  const path = `${configMaps}?watch=1&resourceVersion=${opened.core.resourceVersion()}`;
  for (let index = 0; index < 20; index += 1) {
    const sent = request({ host: "127.0.0.1", port, ca, path, agent: false, servername: "localhost", headers });
    sent.on("error", () => {}).end();
    const [response] = (await once(sent, "response")) as [NodeJS.ReadableStream];
    response.pause();
  }
  const before = mib();
  const text = "x".repeat(5000);
  opened.core.create(configMap("busy"));
  const start = performance.now();
  let longest = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const began = performance.now();
    const data = { text: `${text}${index}` };
    opened.core.patch(
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "busy", namespace: "default" } },
      { data },
    );
    longest = Math.max(longest, performance.now() - began);
    if (index % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - start) / 1000;
  const grown = Math.round(mib() - before);
  process.stdout.write(
    `20 deaf watchers, 10,000 changes of 5 kB: ${seconds.toFixed(1)} s, longest write ${Math.round(longest)} ms, ${grown} MiB more\n`,
  );
  expect(grown).toBeLessThan(600);
  expect((await raw(opened.wire, { path: "/readyz" })).text).toBe("ok");
});

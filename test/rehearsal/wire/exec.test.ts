import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import * as tls from "node:tls";

import { Exec, KubeConfig, type V1Status } from "@kubernetes/client-node";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";

import { seededRandom } from "../../../src/kernel/random.ts";
import { createFaults, type Faults } from "../../../src/rehearsal/faults/faults.ts";
import { survivors } from "../../../src/rehearsal/kubelet/reaper.ts";
import { writeKubeconfig } from "../../../src/rehearsal/wire/kubeconfig.ts";
import type { Limits } from "../../../src/rehearsal/wire/limits.ts";
import { startWire, type Wire } from "../../../src/rehearsal/wire/server.ts";
import { type World, world } from "../kubelet/harness.ts";
import { raw, token } from "./open-wire.ts";

interface Opened extends World {
  readonly wire: Wire;
  readonly kubeconfig: string;
  readonly faults: Faults;
}

let opened: Opened | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

/** A kubelet behind a wire, with one pod `main` that runs a process. */
async function open(limits: Partial<Limits> = {}): Promise<Opened> {
  const made: World = world();
  const { core, clock, kubelet } = made;
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const faults = createFaults({ clock, random: seededRandom(3) });
  const sources = { logs: kubelet.logs, containers: kubelet.running, faults };
  const wire = await startWire({ core, clock, token, ...sources, limits, onError });
  const folder = mkdtempSync(join(tmpdir(), "aura-exec-"));
  const kubeconfig = join(folder, "kubeconfig");
  await writeKubeconfig(kubeconfig, { ...wire, token });
  made.pod("p", { command: ["sleep", "300"], env: [{ name: "GIVEN", value: "yes" }] });
  await made.until("p", (pod) => pod.status?.phase === "Running");
  const close = async () => {
    await wire.close();
    await made.close();
    rmSync(folder, { recursive: true });
    expect(errors).toEqual([]);
  };
  opened = { ...made, faults, wire, kubeconfig, close };
  return opened;
}

/** What one command says, through client-node. */
async function run(
  { kubeconfig }: Opened,
  command: readonly string[],
  options: { pod?: string; stdin?: string; tty?: boolean; container?: string } = {},
) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const text = { out: "", err: "" };
  const collect = (into: "out" | "err") =>
    new PassThrough().on("data", (chunk: Buffer) => {
      text[into] += chunk.toString();
    });
  const { pod = "p", container = "main", tty = false } = options;
  const stdin = options.stdin === undefined ? null : new PassThrough();
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec("ml", pod, container, [...command], collect("out"), collect("err"), stdin, tty, resolve)
      .catch(reject);
    stdin?.end(options.stdin);
  });
  return { ...text, status };
}

/** A connection by hand. */
function connect(
  { wire }: Opened,
  query: string,
  options: { protocol?: string; headers?: Record<string, string> } = {},
) {
  const { protocol = "v5.channel.k8s.io", headers = {} } = options;
  const url = `wss://127.0.0.1:${wire.port}/api/v1/namespaces/ml/pods/${query}`;
  const authorization = `Bearer ${token}`;
  return new WebSocket(url, protocol, { ca: wire.certificatePem, headers: { authorization, ...headers } });
}

/** The HTTP status that answers an upgrade, 101 when it happens. */
function upgradeStatus(client: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    client.on("open", () => {
      client.terminate();
      resolve(101);
    });
    client.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
    client.on("error", reject);
  });
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (holds()) return;
    await wait(5);
  }
  throw new Error("it never came to hold");
}

describe("exec", () => {
  it("runs a command as its container would", async () => {
    const { out, err, status } = await run(await open(), ["sh", "-c", 'echo "$GIVEN $HOSTNAME"; echo bad >&2']);
    expect({ out, err }).toEqual({ out: "yes p\n", err: "bad\n" });
    expect(status).toMatchObject({ status: "Success" });
  });

  it("keeps the exit code", async () => {
    const { status } = await run(await open(), ["sh", "-c", "exit 7"]);
    expect(status).toMatchObject({
      status: "Failure",
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "7" }] },
    });
  });

  it("hands over standard input to its end", async () => {
    const text = "line\n".repeat(200_000);
    const { out } = await run(await open(), ["cat", "/dev/stdin"], { stdin: text });
    expect(out.length).toBe(text.length);
  });

  it("ends standard input before anybody opens it", async () => {
    const { out } = await run(await open(), ["sh", "-c", "sleep 0.2; cat /dev/stdin"], { stdin: "early" });
    expect(out).toBe("early");
  });

  it("ends a command that leaves its input unread", async () => {
    const now = await open();
    const client = connect(now, "p/exec?command=sh&command=-c&command=exit+5&stdin=1&stdout=1");
    const messages: string[] = [];
    client.on("message", (data: Buffer) => messages.push(data.toString()));
    expect(await new Promise((resolve) => client.once("close", resolve))).toBe(1000);
    expect(messages.join()).toContain('"message":"5"');
  });

  it("gives a terminal where one is asked for", async () => {
    const { out, status } = await run(await open(), ["sh", "-c", "tty; exit 3"], { tty: true });
    if (existsSync("/usr/bin/script")) expect(out).toMatch(/^\/dev\/pts\/\d+\r\n$/);
    else expect(out).toContain("warning: no terminal here");
    expect(status.details?.causes?.[0]?.message).toBe("3");
  });

  it("says why a command cannot start", async () => {
    const { status } = await run(await open(), ["no-such-program"]);
    expect(status.message).toContain('exec: "no-such-program": executable file not found in $PATH');
  });

  it("says that nothing runs in a simulated pod", async () => {
    const now = await open();
    now.pod("sim", {}, { annotations: { "aura.dev/simulated-duration": "1000h" } });
    await now.until("sim", (pod) => pod.status?.phase === "Running");
    const { status } = await run(now, ["true"], { pod: "sim" });
    expect(status.message).toContain("container main is simulated: nothing runs in it");
  });

  it("kills the command of a client that vanishes", async () => {
    const now = await open();
    const before = survivors(now.dataDir).length;
    const client = connect(now, "p/exec?command=sh&command=-c&command=trap+''+TERM+HUP;setsid+sleep+300;:&stdout=1");
    await eventually(() => survivors(now.dataDir).length > before + 1);
    client.terminate();
    await eventually(() => survivors(now.dataDir).length === before);
    expect(now.read("p").status?.phase).toBe("Running");
  });

  it("ends commands with their container", async () => {
    const now = await open();
    const running = run(now, ["sleep", "300"]);
    await eventually(() => survivors(now.dataDir).length > 1);
    now.core.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ml" } });
    expect((await running).status.details?.causes?.[0]?.message).toBe("137");
    expect(survivors(now.dataDir)).toEqual([]);
  });

  it("makes a command wait for a slow client", async () => {
    const now = await open();
    const client = connect(now, "p/exec?command=cat&command=/dev/zero&stdout=1");
    await new Promise((resolve) => client.once("message", resolve));
    client.pause();
    await wait(300);
    const before = process.memoryUsage().rss;
    await wait(700);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
    client.terminate();
  });

  it("closes on a frame too large", async () => {
    const now = await open();
    const client = connect(now, "p/exec?command=cat&stdin=1&stdout=1");
    await new Promise((resolve) => client.once("open", resolve));
    client.on("error", () => {});
    client.send(Buffer.alloc(5 * 2 ** 20));
    expect(await new Promise((resolve) => client.once("close", resolve))).toBe(1009);
    await eventually(() => survivors(now.dataDir).length === 1);
  });

  it("speaks v4 without closing input", async () => {
    const now = await open();
    const client = connect(now, "p/exec?command=head&command=-n1&stdin=1&stdout=1", { protocol: "v4.channel.k8s.io" });
    const messages: string[] = [];
    client.on("message", (data: Buffer) => messages.push(`${data[0]} ${data.subarray(1)}`));
    client.on("open", () => {
      client.send(Buffer.from('\x04{"Width":80,"Height":24}'));
      client.send(Buffer.from("\x00hello\nmore\n"));
    });
    expect(await new Promise((resolve) => client.once("close", resolve))).toBe(1000);
    expect(messages).toEqual(["1 hello\n", '3 {"metadata":{},"status":"Success"}']);
  });

  it.each([
    ["a wrong token", "p/exec?command=true&stdout=1", { headers: { authorization: "Bearer no" } }, 401],
    ["a page's origin", "p/exec?command=true&stdout=1", { headers: { origin: "https://evil.example" } }, 403],
    ["a foreign host", "p/exec?command=true&stdout=1", { headers: { host: "evil.example" } }, 421],
    ["a path that climbs", "p%2f..%2fq/exec?command=true", {}, 400],
    ["no pod", "none/exec?command=true&stdout=1", {}, 404],
    ["no container of the pod", "p/exec?command=true&container=x", {}, 400],
    ["no command", "p/exec?stdout=1", {}, 400],
    ["an unknown protocol", "p/exec?command=true&stdout=1", { protocol: "channel.k8s.io" }, 400],
    ["what cannot be upgraded", "p/log?follow=1", {}, 400],
  ])("refuses %s before the upgrade", async (_, query, options, status) => {
    expect(await upgradeStatus(connect(await open(), query, options))).toBe(status);
  });

  it("keeps no connection of a refused client", async () => {
    const { wire } = await open();
    const options = { host: "127.0.0.1", port: wire.port, ca: wire.certificatePem, allowHalfOpen: true };
    const socket = tls.connect(options as tls.ConnectionOptions);
    socket.on("error", () => {});
    socket.write("GET /x HTTP/1.1\r\nhost: evil\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    const stubborn = setInterval(() => socket.write("more"), 5);
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(stubborn);
    expect(socket.destroyed).toBe(true);
  });

  it("tells SPDY clients to use WebSocket", async () => {
    const now = await open();
    const path = "/api/v1/namespaces/ml/pods/p/exec?command=true&stdout=1";
    const headers = { connection: "Upgrade", upgrade: "SPDY/3.1" };
    const { status, text } = await raw(now.wire, { method: "POST", path, headers });
    expect(status).toBe(400);
    expect(text).toContain("exec needs a WebSocket");
    expect(await raw(now.wire, { method: "POST", path })).toMatchObject({ status: 400 });
  });

  it("suffers faults as other requests do", async () => {
    const now = await open();
    now.faults.add({ fault: "deny", kind: "pods/exec" });
    expect(await upgradeStatus(connect(now, "p/exec?command=true&stdout=1"))).toBe(403);
  });

  it("limits how many commands run at once", async () => {
    const now = await open({ execs: 1 });
    const first = connect(now, "p/exec?command=sleep&command=300&stdout=1");
    await new Promise((resolve) => first.once("open", resolve));
    expect(await upgradeStatus(connect(now, "p/exec?command=true&stdout=1"))).toBe(429);
  });
});

import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";

import { type WebSocket, WebSocketServer } from "ws";

import { ApiError } from "../../cluster/api.ts";
import { messageOf } from "../../kernel/failure.ts";
import { logRequest } from "../core/api-client.ts";
import { badRequest } from "../core/status-errors.ts";
import type { ExecProcess, RunningContainer } from "../kubelet/runtime.ts";
import { errorAnswer, sendAnswer, statusOf } from "./answer.ts";
import { isTrue, type Served } from "./call.ts";
import { sufferFaults } from "./faults.ts";
import { guard } from "./guard.ts";
import { checkSubresource } from "./subresources.ts";

interface Wanted {
  readonly container: RunningContainer;
  readonly command: readonly string[];
  readonly streams: Readonly<Record<"stdin" | "stdout" | "stderr" | "tty", boolean>>;
}

/** Each message begins with its channel. Resizes (4) are taken and passed over; 255 closes a channel, in v5 only. */
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const largestFrame = 4 * 2 ** 20;
/** A client that vanished shows when something is written to it. */
const pingMs = 15_000;

/** Answers the server's `upgrade` event: `…/pods/x/exec` over WebSocket, let in as every other request. */
export function execUpgrade(served: Served): (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> {
  const clients = new WebSocketServer({
    noServer: true,
    maxPayload: largestFrame,
    handleProtocols: (offered) => protocols.find((name) => offered.has(name)) ?? false,
  });
  return async (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const response = new ServerResponse(request);
    try {
      const wanted = await admit(served, request, response);
      if (clients.clients.size >= served.limits.execs) {
        throw new ApiError(429, "TooManyRequests", "too many commands run in containers at once; try again later");
      }
      clients.handleUpgrade(request, socket, head, (client) => void attach(client, wanted));
    } catch (error) {
      if (!refuse(response, socket as Socket, error)) served.onError?.(error);
    }
  };
}

async function admit(served: Served, request: IncomingMessage, response: ServerResponse): Promise<Wanted> {
  const url = guard(served, request);
  const path = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/([^/]+)$/.exec(url.pathname);
  const [, namespace, name, subresource = ""] = path ?? [];
  const kind = served.core.kinds.of({ apiVersion: "v1", kind: "Pod" });
  if (path !== null) checkSubresource(kind, subresource);
  if (namespace === undefined || name === undefined || subresource !== "exec")
    throw badRequest("only pods/exec can be upgraded");
  const container = url.searchParams.get("container") || undefined;
  const pod = { namespace: decodeURIComponent(namespace), name: decodeURIComponent(name) };
  const resource = { kind, ...pod, subresource };
  if (served.faults) await sufferFaults(served.faults, { request, response, url }, resource);
  const chosen = logRequest(served.core, pod, { ...(container && { container }) });
  const command = url.searchParams.getAll("command");
  if (command.length === 0) throw badRequest("you must specify at least one command for the container");
  const running = served.containers?.(chosen.uid, chosen.container);
  if (running === undefined) {
    throw new ApiError(500, "InternalError", `container not found (${JSON.stringify(chosen.container)})`);
  }
  // last, so that a client that falls back from WebSocket to SPDY is told what the matter is
  checkProtocol(request);
  const flag = (stream: string) => isTrue(url, stream);
  const tty = flag("tty");
  const streams = { stdin: flag("stdin"), stdout: flag("stdout"), stderr: flag("stderr") && !tty, tty };
  return { container: running, command, streams };
}

function checkProtocol({ headers }: IncomingMessage): void {
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (headers.upgrade?.toLowerCase() === "websocket" && offered.some((name) => protocols.includes(name))) return;
  throw badRequest(
    `exec needs a WebSocket that speaks ${protocols.join(" or ")}, as kubectl 1.31 and later do by default; ` +
      `${headers.upgrade} is not served`,
  );
}

/** Answers a request whose connection was given up for the upgrade; false when the error is a bug. */
function refuse(response: ServerResponse, socket: Socket, error: unknown): boolean {
  response.assignSocket(socket);
  response.shouldKeepAlive = false;
  // the server's time limits do not see it any more
  response.once("finish", () => socket.destroySoon());
  sendAnswer(response, errorAnswer(error));
  return error instanceof ApiError;
}

/** Joins a client and a command until one of them ends. */
async function attach(client: WebSocket, { container, command, streams }: Wanted): Promise<void> {
  client.on("error", () => {});
  client.pause();
  const beat = setInterval(() => client.ping(), pingMs).unref();
  client.once("close", () => clearInterval(beat));
  const status = await container
    .exec(command, streams)
    .then((process) => converse(client, process, streams))
    .catch((error: unknown) => failureStatus(messageOf(error)));
  await send(client, channels.status, Buffer.from(JSON.stringify(status)));
  client.close(1000);
}

async function converse(client: WebSocket, process: ExecProcess, streams: Wanted["streams"]): Promise<object> {
  client.once("close", process.kill);
  // it left while the command was being started
  if (client.readyState !== client.OPEN) process.kill();
  takeInput(client, process);
  const output = async (channel: number, from: Readable, isWanted: boolean) => {
    // a message at a time: a slow client makes the command wait, not this process grow
    for await (const chunk of from) if (isWanted) await send(client, channel, chunk as Buffer);
  };
  await Promise.all([
    output(channels.stdout, process.stdout, streams.stdout),
    // without a stderr of its own, a terminal's warnings go where its output goes
    output(streams.tty ? channels.stdout : channels.stderr, process.stderr, streams.stderr || streams.tty),
  ]);
  return exitStatus(await process.exited);
}

function takeInput(client: WebSocket, { stdin }: ExecProcess): void {
  const resume = () => client.resume();
  for (const event of ["drain", "error", "close"]) stdin?.on(event, resume);
  client.on("message", (data: Buffer) => {
    if (data[0] === channels.close && data[1] === channels.stdin) stdin?.end();
    if (data[0] !== channels.stdin || stdin === undefined || !stdin.writable) return;
    if (!stdin.write(data.subarray(1))) client.pause();
  });
  client.resume();
}

/** Resolves when the message is on its way or the client is gone. */
function send(client: WebSocket, channel: number, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => client.send(Buffer.concat([Buffer.of(channel), chunk]), () => resolve()));
}

function exitStatus(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  const message = `command terminated with non-zero exit code: exit status ${exitCode}`;
  const causes = [{ reason: "ExitCode", message: String(exitCode) }];
  return { metadata: {}, status: "Failure", reason: "NonZeroExitCode", message, details: { causes } };
}

function failureStatus(message: string): object {
  return statusOf(new ApiError(500, "InternalError", `error executing command in container: ${message}`));
}

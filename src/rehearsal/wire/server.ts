import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { ApiError } from "../../cluster/api.ts";
import { isCode } from "../../kernel/files.ts";
import { type Answer, errorAnswer, jsonAnswer, openOutbox, warn } from "./answer.ts";
import { readBody } from "./body.ts";
import { type Call, isTrue, type Served, type Target, type WireOptions } from "./call.ts";
import { selfSignedCertificate } from "./certificate.ts";
import { boundConnections, type Connections } from "./connections.ts";
import { execUpgrade } from "./exec.ts";
import { guard } from "./guard.ts";
import { checkEveryMs, defaultLimits, type Limits } from "./limits.ts";
import { route } from "./route.ts";

export interface Wire {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** The certificate, which is its own authority. */
  readonly certificatePem: string;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

const lingerMs = 500;

/** Serves a core as a Kubernetes API server does, over HTTPS on the loopback interface only. */
export async function startWire(options: WireOptions): Promise<Wire> {
  const { certificate, key } = options.certificate ?? (await selfSignedCertificate());
  const limits = { ...defaultLimits, ...options.limits };
  const server = boundedServer(certificate, key, limits);
  const connections = boundConnections(server, limits.connections, crowdLog(options, limits));
  const port = await listen(server, options.port ?? 0);
  const served = { ...options, port, limits, outbox: openOutbox(options.core), know: connections.know };
  server.on("request", (request, response) => void answer(served, request, response));
  server.on("upgrade", execUpgrade(served));
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    certificatePem: certificate,
    close: () => close(server, connections),
  };
}

function boundedServer(cert: string, key: string, limits: Limits): Server {
  const server = createServer({
    cert,
    key,
    handshakeTimeout: limits.headersMs,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: checkEveryMs(limits),
  });
  // A client may vanish at any time, and one that is too slow is made to: that is no error of ours
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.on("clientError", (_, socket) => socket.destroy());
  return server;
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { faults, clock, outbox } = served;
  if (faults !== undefined) response.setHeader("date", new Date(faults.skewed(clock).now()).toUTCString());
  let release: (() => void) | undefined;
  try {
    const url = guard(served, request);
    if (!isWatch(url)) release = clock.hold?.();
    const call = {
      request,
      response,
      url,
      body: await readBody(request),
      warn: (text: string) => warn(response, text),
    };
    const given = await (url.pathname.startsWith("/aura/v1/") ? answerExtra : route)(served, call);
    if (given !== undefined) outbox.send(response, given);
  } catch (error) {
    // It broke off in the middle of its body: nobody is there to be told
    if (isCode(error, "ECONNRESET")) return;
    if (!request.complete) discardRest(request, response);
    outbox.send(response, errorAnswer(error));
    if (!(error instanceof ApiError)) served.onError?.(error);
  } finally {
    release?.();
  }
}

/** An unread body is taken in for a moment, so that the client gets to read the answer; then the connection ends. */
function discardRest(request: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.socket.once("close", () => clearTimeout(timer));
}

async function answerExtra({ extra }: Served, { request, url, body }: Call): Promise<Answer> {
  const answered = await extra?.(request.method ?? "", url.pathname, body);
  if (answered === undefined) return jsonAnswer({ message: `no such endpoint: ${url.pathname}` }, 404);
  return jsonAnswer(answered.body, answered.status);
}

/** What stays open for long: watches and followed logs do not hold the clock. */
function isWatch(url: Target): boolean {
  return isTrue(url, "watch") || isTrue(url, "follow");
}

async function listen(server: Server, port: number): Promise<number> {
  await once(server.listen(port, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

function close(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // all of them: the server itself does not know those that have not finished their handshake
    connections.closeAll();
  });
}

const crowdLogMs = 60_000;

/** Says once a minute at most that there are too many connections. */
function crowdLog({ clock, log }: WireOptions, { connections }: Limits): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.now() - last < crowdLogMs) return;
    last = clock.now();
    log?.(`more than ${connections} connections at once: the oldest that have not shown the token are closed`);
  };
}

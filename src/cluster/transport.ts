import { request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, type AgentOptions, request as httpsRequest, type RequestOptions } from "node:https";

import { Failure, messageOf } from "../kernel/failure.ts";
import { isCode } from "../kernel/files.ts";
import { ApiError, type StatusDetails } from "./api.ts";
import { type Kubeconfig, loadKubeconfig } from "./kubeconfig.ts";

export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Stays open for long (a watch, a followed log): gets a connection beside those that requests share. */
  readonly isStream?: boolean;
}

/** Sends a request to the cluster's API server; resolves with a response of status 200 to 299, its body unread. */
export type Transport = (exchange: Exchange) => Promise<IncomingMessage>;

/**
 * Requests with the server, trust and credentials of a kubeconfig. The kubeconfig is read and applied by
 * @kubernetes/client-node (exec plugins as EKS uses them, client certificates, proxies); the requests are sent from
 * here, because its generated client opens a connection for each and drops fields it does not know.
 */
export async function openTransport(kubeconfig: string | Kubeconfig): Promise<Transport> {
  const config = await loadKubeconfig(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("a kubeconfig was loaded that names no cluster");
  const base = new URL(cluster.server);
  const credentials = async () => {
    const options: RequestOptions = {};
    const applied = config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
    await applied.catch((cause: unknown) => {
      throw withoutCredentials(cause);
    });
    return options;
  };
  const first = await credentials();
  const isDirect = cluster.proxyUrl === undefined;
  const shared = isDirect ? keepAliveAgent(first, cluster.tlsServerName, 32) : undefined;
  const streams = isDirect ? keepAliveAgent(first, cluster.tlsServerName, Number.POSITIVE_INFINITY) : undefined;
  return async (exchange) => {
    // Each time anew: a token of an exec plugin expires
    const { headers, auth, agent: proxy } = await credentials();
    const agent = (exchange.isStream ? streams : shared) ?? proxy;
    const via = base.protocol === "https:" ? { agent } : {};
    return send(base, { ...(auth && { auth }), headers: headers ?? {}, ...via }, exchange);
  };
}

function keepAliveAgent(
  { ca, cert, key, rejectUnauthorized }: RequestOptions,
  servername: string | undefined,
  maxSockets: number,
): Agent {
  const options: AgentOptions = { keepAlive: true, maxSockets };
  for (const [name, value] of Object.entries({ ca, cert, key, rejectUnauthorized, servername })) {
    if (value !== undefined) Object.assign(options, { [name]: value });
  }
  return new Agent(options);
}

/** A server that accepts a request and says nothing for so long is taken for dead. */
const answerTimeoutMs = 30_000;

function send(
  base: URL,
  options: RequestOptions,
  { method, path, contentType, body, accept = "application/json", signal, isStream }: Exchange,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(options.headers as Record<string, string>),
    accept,
    "user-agent": "aura",
    ...(text !== undefined && {
      "content-type": contentType ?? "application/json",
      "content-length": String(Buffer.byteLength(text)),
    }),
  };
  const url = new URL(base.pathname.replace(/\/$/, "") + path, base);
  const start = base.protocol === "https:" ? httpsRequest : httpRequest;
  const attempt = (retried: boolean): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = start(url, { ...options, method, headers, ...(signal && { signal }) }, (response) => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(response);
        else readText(response).then((answer) => reject(errorOf(statusCode, answer)), reject);
      });
      request.on("error", (error) => {
        // The server may close a connection that was kept just when it is used again
        if (!retried && request.reusedSocket && isCode(error, "ECONNRESET")) resolve(attempt(true));
        else reject(signal?.aborted ? error : unreachable(base, error));
      });
      if (!isStream) {
        request.setTimeout(answerTimeoutMs, () =>
          request.destroy(new Error(`no answer in ${answerTimeoutMs / 1000} s`)),
        );
      }
      request.end(text);
    });
  return attempt(false);
}

/** The body of a response as pieces of text. Fails with a `Failure` CLUSTER_UNREACHABLE when the connection breaks. */
export async function* textOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding("utf8");
  try {
    yield* response as AsyncIterable<string>;
  } catch (cause) {
    throw new Failure("CLUSTER_UNREACHABLE", `the connection to the cluster broke: ${messageOf(cause)}`, { cause });
  }
}

/** The whole body of a response as text. */
export async function readText(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of textOf(response)) text += chunk;
  return text;
}

/** The Status in an answer as an error; other text (of a proxy, say) as its message. */
export function errorOf(status: number, answer: string): ApiError {
  try {
    const { code, reason, message, details } = JSON.parse(answer) as {
      code?: number;
      reason?: string;
      message?: string;
      details?: StatusDetails;
    };
    return new ApiError(code ?? status, reason ?? "", message ?? answer, details);
  } catch {
    return new ApiError(status, "", answer.trim() || `the server answered with status ${status}`);
  }
}

/** An exec plugin that is not there, or fails: its own words are the message. */
function withoutCredentials(cause: unknown): Failure {
  return new Failure(
    "CLUSTER_UNREACHABLE",
    `the kubeconfig's user has no credentials: ${messageOf(cause).trim().split("\n")[0]}`,
    {
      why: "the program that the kubeconfig names for it gives none",
      cause,
    },
  );
}

function unreachable(base: URL, cause: Error): Failure {
  return new Failure("CLUSTER_UNREACHABLE", `no answer from the cluster at ${base.origin}: ${cause.message}`, {
    why: "the API server is not running, or not reachable from here",
    cause,
  });
}

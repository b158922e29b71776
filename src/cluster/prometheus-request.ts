import { Failure, messageOf } from "../kernel/failure.ts";

/** A Prometheus, or what speaks its HTTP API: Thanos, Mimir, VictoriaMetrics, Amazon Managed Prometheus behind a proxy. */
export interface PrometheusServer {
  /** Its base URL; a user and password in it are sent as Basic authentication. */
  readonly url: string;
  /** Sent as a bearer token; never printed. */
  readonly token?: string | undefined;
  /** Of one request; default 30 s. */
  readonly timeoutMs?: number;
  /** The most that one answer may be; default 64 MiB. */
  readonly mostBytes?: number;
  readonly signal?: AbortSignal;
}

/** The base URL without what may be secret in it. */
export function shownUrl(url: string): string {
  const { origin, pathname } = baseUrl(url);
  return `${origin}${pathname}`.replace(/\/$/, "");
}

function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Failure("USAGE", "not the URL of a Prometheus", {
      why: "it is reached by http or https",
      fix: "aura advise --prometheus http://localhost:9090",
    });
  }
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1(\/.*)?$/, "");
  url.search = "";
  url.hash = "";
  return url;
}

/** One question to its HTTP API: the `data` of the answer. */
export async function askPrometheus(
  server: PrometheusServer,
  path: string,
  parameters: Record<string, string>,
): Promise<unknown> {
  const { timeoutMs = 30_000, signal } = server;
  const base = baseUrl(server.url);
  const timeout = AbortSignal.timeout(timeoutMs);
  const signals = signal === undefined ? [timeout] : [timeout, signal];
  const url = `${base.origin}${base.pathname.replace(/\/$/, "")}/api/v1/${path}`;
  try {
    // by POST: an expression that names many pods is longer than a URL may be
    const response = await fetch(url, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...authorization(server, base),
      },
      body: new URLSearchParams(parameters),
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    return await answerOf(response, server);
  } catch (error) {
    if (error instanceof Failure) throw error;
    signal?.throwIfAborted();
    throw unreachable(server.url, timeout.aborted ? `it did not answer within ${timeoutMs / 1000} s` : causeOf(error));
  }
}

function authorization(
  { token }: PrometheusServer,
  { protocol, hostname, username, password }: URL,
): Record<string, string> {
  const secret =
    token !== undefined && token !== "" ? `Bearer ${token}` : username === "" ? undefined : basic(username, password);
  if (secret === undefined) return {};
  if (protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) {
    throw new Failure("USAGE", `a token or password is not sent to ${hostname} by http`, {
      why: "everybody on the way could read it",
      fix: "use https, or kubectl port-forward and http://localhost:9090",
    });
  }
  return { authorization: secret };
}

function basic(username: string, password: string): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

async function answerOf(response: Response, server: PrometheusServer): Promise<unknown> {
  const { status } = response;
  const text = await textOf(response, server);
  if (status === 401 || status === 403) {
    throw new Failure("CLUSTER_UNREACHABLE", `Prometheus lets nobody in who does not say who it is: HTTP ${status}`, {
      where: shownUrl(server.url),
      why: "the token is missing, wrong or out of date",
      fix: "export AURA_PROMETHEUS_TOKEN=…",
    });
  }
  if (status >= 300 && status < 400)
    throw unreachable(server.url, `it sends elsewhere (HTTP ${status}): to a page to log in at?`);
  const body = jsonOf(text);
  if (body === undefined) {
    const what = /^\s*</.test(text) ? "a web page" : "something that is not JSON";
    throw unreachable(server.url, `what answers there is not Prometheus's API: HTTP ${status} with ${what}`);
  }
  if (body["status"] === "success") return body["data"];
  const { errorType, error } = body;
  throw new Failure("API_ERROR", `Prometheus refuses the question: HTTP ${status}${wordsOf(errorType, error)}`, {
    where: shownUrl(server.url),
    ...(status === 422 && { why: "it may be too large to be answered", fix: "ask for less time: --since 6h" }),
  });
}

/** What a server says of itself, as one line that does nothing to a terminal. */
function wordsOf(...words: readonly unknown[]): string {
  const said = words.filter((word): word is string => typeof word === "string" && word !== "");
  return said.map((word) => `, ${word.replace(/\p{Cc}/gu, " ").slice(0, 300)}`).join("");
}

/** Read in pieces, so that an answer without end is given up. */
async function textOf(response: Response, { url, mostBytes = 64 * 2 ** 20 }: PrometheusServer): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > mostBytes) {
      throw new Failure("API_ERROR", `Prometheus answers more than ${Math.round(mostBytes / 2 ** 20)} MiB`, {
        where: shownUrl(url),
        fix: "ask for less time: --since 6h",
      });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** There is no Prometheus that answers, and why. */
export function unreachable(url: string, why: string): Failure {
  return new Failure("CLUSTER_UNREACHABLE", `cannot ask Prometheus at ${shownUrl(url)}`, {
    why,
    fix: fixFor(url, why),
  });
}

function fixFor(url: string, why: string): string {
  const { hostname, port } = baseUrl(url);
  if (/certificate/i.test(why)) return "export NODE_EXTRA_CA_CERTS=/path/to/its/ca.pem";
  const forward = (local: string) => `kubectl -n monitoring port-forward svc/prometheus-operated ${local}:9090`;
  if (hostname === "localhost" || hostname === "127.0.0.1") return forward(port || "9090");
  return `check the URL; or ${forward("9090")} and --prometheus http://localhost:9090`;
}

function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}

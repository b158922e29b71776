import { once } from "node:events";

import { logRequest } from "../core/api-client.ts";
import { badRequest } from "../core/status-errors.ts";
import { type Call, isTrue, type Resource, type Served, type Target } from "./call.ts";

/** `GET …/pods/x/log`: the log as plain text, as fast as the client reads. */
export async function answerLogs(
  { core, logs, clock }: Served,
  { response, url }: Call,
  resource: Resource,
): Promise<undefined> {
  const { namespace = "default", name = "" } = resource;
  const abort = new AbortController();
  const request = logRequest(core, { namespace, name }, logOptions(url, clock.now(), abort.signal));
  response.once("close", () => abort.abort());
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  for await (const chunk of logs.read(request)) {
    if (abort.signal.aborted) return undefined;
    if (!response.write(chunk)) await once(response, "drain", { signal: abort.signal }).catch(() => undefined);
  }
  response.end();
  return undefined;
}

function logOptions(url: Target, nowMs: number, signal: AbortSignal) {
  const { searchParams } = url;
  const number = (name: string): number | undefined => {
    const text = searchParams.get(name);
    if (text === null) return undefined;
    if (!/^\d+$/.test(text)) throw badRequest(`unable to parse ${name} ${JSON.stringify(text)}`);
    return Number(text);
  };
  const container = searchParams.get("container") || undefined;
  const [tailLines, limitBytes, sinceSeconds] = [number("tailLines"), number("limitBytes"), number("sinceSeconds")];
  const sinceMs = sinceSeconds === undefined ? timeOf(searchParams.get("sinceTime")) : nowMs - sinceSeconds * 1000;
  return {
    signal,
    follow: isTrue(url, "follow"),
    timestamps: isTrue(url, "timestamps"),
    previous: isTrue(url, "previous"),
    ...(container !== undefined && { container }),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceMs !== undefined && { sinceMs }),
  };
}

function timeOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw badRequest(`unable to parse sinceTime ${JSON.stringify(text)}`);
  return ms;
}

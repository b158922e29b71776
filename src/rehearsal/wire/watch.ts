import type { ServerResponse } from "node:http";

import { ApiError, type WatchEvent } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { apiRequest } from "./faults.ts";
import { queryOf } from "./objects.ts";
import { statusOf } from "./send.ts";

/** A watcher that does not read is cut off when more than this waits for it: it comes back and lists anew. */
const mostWaitingBytes = 4 * 1024 * 1024;
const bookmarkEveryMs = 60_000;
const longestMs = 3_600_000;

/** Streams changes as JSON lines until the client goes, its time is up, or it falls too far behind. */
export function answerWatch({ core, faults }: Served, call: Call, resource: Resource): void {
  const { response, url } = call;
  const query = queryOf(url, resource);
  const from = url.searchParams.get("resourceVersion") ?? "";
  const withInitial = from === "" || from === "0" || isTrue(url, "sendInitialEvents");
  // Listed before anything is sent: a bad selector is an ordinary error
  const initial = withInitial ? core.list(query) : { items: [], resourceVersion: from };
  const stream = openStream(response, durationMs(url), () => core.flush());
  const bookmark = (version: string, annotations?: Record<string, string>) =>
    stream.send(bookmarkLine(resource, version, annotations));
  for (const object of initial.items) stream.send(eventLine({ type: "ADDED", object }));
  if (isTrue(url, "sendInitialEvents")) bookmark(initial.resourceVersion, { "k8s.io/initial-events-end": "true" });
  const fail = (error: ApiError) => {
    stream.send(`${JSON.stringify({ type: "ERROR", object: statusOf(error) })}\n`);
    stream.end();
  };
  const request = apiRequest(call, resource);
  const deliver = (event: WatchEvent<KubeObject>) => {
    const fault = stream.isOpen() ? faults?.eventOf(request) : undefined;
    if (fault === "cut") return stream.cut();
    if (fault instanceof ApiError) return fail(fault);
    stream.send(eventLine(event));
    if (fault === "twice") stream.send(eventLine(event));
  };
  try {
    stream.onEnd(core.watch(query, initial.resourceVersion, deliver));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fail(error);
  }
  if (!isTrue(url, "allowWatchBookmarks")) return;
  const bookmarks = setInterval(() => bookmark(core.resourceVersion()), bookmarkEveryMs);
  stream.onEnd(() => clearInterval(bookmarks));
}

interface Stream {
  send(line: string): void;
  end(): void;
  /** Ends at once, with what waits unsent. */
  cut(): void;
  isOpen(): boolean;
  /** Called once, when the stream ends for whatever reason; at once when it has ended. */
  onEnd(callback: () => void): void;
}

function openStream(response: ServerResponse, durationMs: number, keep: () => void): Stream {
  const callbacks: (() => void)[] = [];
  let ended = false;
  let waiting = "";
  let greatest = 0;
  const settle = () => {
    ended = true;
    waiting = "";
    for (const callback of callbacks.splice(0)) callback();
  };
  const cut = () => {
    settle();
    response.destroy();
  };
  // Changes of one turn of the event loop go out together: each write is a TLS record. However much comes in one turn
  // (what there was to begin with, a thousand pods at once), it says nothing of how fast the client reads
  const flush = () => {
    if (ended || waiting === "") return;
    if (response.writableLength > mostWaitingBytes + greatest) return cut();
    greatest = Math.max(greatest, waiting.length);
    keep();
    response.write(waiting);
    waiting = "";
  };
  const stream: Stream = {
    send(line) {
      if (ended) return;
      if (waiting === "") setImmediate(flush);
      waiting += line;
    },
    end() {
      flush();
      settle();
      response.end();
    },
    cut,
    isOpen: () => !ended,
    onEnd: (callback) => (ended ? callback() : callbacks.push(callback)),
  };
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();
  response.once("close", settle);
  const timer = setTimeout(stream.end, durationMs);
  stream.onEnd(() => clearTimeout(timer));
  return stream;
}

function durationMs({ searchParams }: URL): number {
  const seconds = Number(searchParams.get("timeoutSeconds") ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds * 1000, longestMs) : longestMs;
}

function bookmarkLine({ kind }: Resource, resourceVersion: string, annotations?: Record<string, string>): string {
  const metadata = { resourceVersion, ...(annotations && { annotations }) };
  return `${JSON.stringify({ type: "BOOKMARK", object: { kind: kind.kind, apiVersion: kind.apiVersion, metadata } })}\n`;
}

let lastObject: KubeObject | undefined;
let lastText = "";

/** One change goes to every watcher in turn, so its text is made once. */
function eventLine({ type, object }: WatchEvent<KubeObject>): string {
  if (object !== lastObject) {
    lastText = JSON.stringify(object);
    lastObject = object;
  }
  return `{"type":"${type}","object":${lastText}}\n`;
}

import { ApiError, type WatchEvent } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { type Call, isTrue, type Resource, type Served } from "./call.ts";
import { queryOf } from "./objects.ts";
import { statusOf } from "./send.ts";

/** A watcher that does not read is cut off when this much waits for it: it comes back and lists anew. */
const mostWaitingBytes = 4 * 1024 * 1024;
const bookmarkEveryMs = 60_000;
const longestMs = 3_600_000;

/** Streams changes as JSON lines until the client goes, its time is up, or it falls too far behind. */
export function answerWatch({ core }: Served, { response, url }: Call, resource: Resource): void {
  const query = queryOf(url, resource);
  const from = url.searchParams.get("resourceVersion") ?? "";
  const withInitial = from === "" || from === "0" || isTrue(url, "sendInitialEvents");
  // Listed before anything is sent: a bad selector is an ordinary error
  const initial = withInitial ? core.list(query) : { items: [], resourceVersion: from };
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();

  const send = (line: string) => {
    if (response.writableLength > mostWaitingBytes) response.destroy();
    else response.write(line);
  };
  const bookmark = (version: string, annotations?: Record<string, string>) =>
    send(bookmarkLine(resource, version, annotations));
  for (const object of initial.items) send(eventLine({ type: "ADDED", object }));
  if (isTrue(url, "sendInitialEvents")) bookmark(initial.resourceVersion, { "k8s.io/initial-events-end": "true" });
  let stop = () => {};
  try {
    stop = core.watch(query, initial.resourceVersion, (event) => send(eventLine(event)));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response.end(`${JSON.stringify({ type: "ERROR", object: statusOf(error) })}\n`);
    return;
  }
  const wantsBookmarks = isTrue(url, "allowWatchBookmarks");
  const bookmarks = setInterval(() => wantsBookmarks && bookmark(core.resourceVersion()), bookmarkEveryMs);
  const end = setTimeout(() => response.end(), durationMs(url));
  response.once("close", () => {
    stop();
    clearInterval(bookmarks);
    clearTimeout(end);
  });
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

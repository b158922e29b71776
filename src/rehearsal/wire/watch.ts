import { ApiError, type WatchEvent } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { statusOf } from "./answer.ts";
import { type Call, isTrue, type Resource, type Served, type Target } from "./call.ts";
import { apiRequest } from "./faults.ts";
import { checkListOptions, queryOf } from "./list-options.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { openStream } from "./watch-stream.ts";

const bookmarkEveryMs = 60_000;
const longestMs = 3_600_000;

/** Streams changes as JSON lines until the client goes, its time is up, or it falls too far behind. */
export function answerWatch(served: Served, call: Call, resource: Resource): undefined {
  const { core, faults } = served;
  const { response, url } = call;
  checkListOptions(url.searchParams, "watch");
  const query = queryOf(url, resource);
  const shape = shapeOf(served, call, resource.kind);
  // Listed before anything is sent: a bad selector is an ordinary error
  const initial = initialOf(served, url, query);
  const stream = openStream(response, () => core.flush());
  const bookmark = (version: string, annotations?: Record<string, string>) =>
    stream.send(lineOf("BOOKMARK", shape.event(bookmarkOf(resource, version, annotations))));
  for (const object of initial.items) stream.send(eventLine({ type: "ADDED", object }, shape));
  if (isTrue(url, "sendInitialEvents")) bookmark(initial.resourceVersion, { "k8s.io/initial-events-end": "true" });
  const fail = (error: ApiError) => {
    stream.send(lineOf("ERROR", JSON.stringify(statusOf(error))));
    stream.end();
  };
  const request = apiRequest(call, resource);
  const deliver = (event: WatchEvent<KubeObject>) => {
    const fault = stream.isOpen() ? faults?.eventOf(request) : undefined;
    if (fault === "cut") return stream.breakOff();
    if (fault instanceof ApiError) return fail(fault);
    stream.send(eventLine(event, shape));
    if (fault === "twice") stream.send(eventLine(event, shape));
  };
  try {
    stream.onEnd(core.watch(query, initial.resourceVersion, deliver));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fail(error);
  }
  const wantsBookmarks = isTrue(url, "allowWatchBookmarks");
  const tell = () => wantsBookmarks && bookmark(core.resourceVersion());
  const bookmarks = setInterval(tell, bookmarkEveryMs);
  const end = setTimeout(() => {
    tell();
    stream.end();
  }, durationMs(url));
  stream.onEnd(() => {
    clearInterval(bookmarks);
    clearTimeout(end);
  });
}

/** What there is to begin with, where the client asks for that, and the version from which changes follow. */
function initialOf({ core }: Served, url: Target, query: ReturnType<typeof queryOf>) {
  const from = url.searchParams.get("resourceVersion") || "0";
  const isFresh = from === "0";
  const wantsInitial = url.searchParams.has("sendInitialEvents") ? isTrue(url, "sendInitialEvents") : isFresh;
  if (wantsInitial) return core.list(query);
  return { items: [], resourceVersion: isFresh ? core.resourceVersion() : from };
}

function durationMs({ searchParams }: Target): number {
  const seconds = Number(searchParams.get("timeoutSeconds") ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds * 1000, longestMs) : longestMs;
}

function bookmarkOf({ kind }: Resource, resourceVersion: string, annotations?: Record<string, string>): KubeObject {
  const { apiVersion, kind: name } = kind;
  return { kind: name, apiVersion, metadata: { resourceVersion, ...(annotations && { annotations }) } };
}

function lineOf(type: WatchEvent<unknown>["type"] | "ERROR", text: string): string {
  return `{"type":"${type}","object":${text}}\n`;
}

let lastText = "";
let lastType = "";
let lastLine = "";

/** One change goes to every watcher in turn, so that its line is made once. */
function eventLine({ type, object }: WatchEvent<KubeObject>, shape: Shape): string {
  const text = shape.event(object);
  if (text !== lastText || type !== lastType) {
    lastLine = lineOf(type, text);
    lastText = text;
    lastType = type;
  }
  return lastLine;
}

import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import { badRequest } from "../core/status-errors.ts";
import type { Target } from "./call.ts";
import type { Connections } from "./connections.ts";

interface Guarded {
  readonly token: string;
  readonly port: number;
  /** Told of the connection of each request that is let in. */
  readonly know?: Connections["know"];
}

/**
 * Lets a request in, and gives its URL. Pods here are processes of the user, so an open port would let any web page
 * run commands: the token comes with every request, a page's request shows by its Origin, and a name that was
 * rebound to 127.0.0.1 shows by its Host.
 */
export function guard({ token, port, know }: Guarded, request: IncomingMessage): Target {
  const { host = "", origin, authorization = "" } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ApiError(421, "MisdirectedRequest", `this server is not ${JSON.stringify(host)}`);
  }
  if (origin !== undefined) throw new ApiError(403, "Forbidden", "requests of web pages are refused");
  if (!sameText(authorization, `Bearer ${token}`)) throw new ApiError(401, "Unauthorized", "Unauthorized");
  know?.(request.socket);
  return targetOf(request.url ?? "");
}

/** Compares in a time that tells of the texts nothing but their length. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Looked at before it is decoded or normalized: `..`, empty segments, backslashes and NUL have no place in a path. */
function targetOf(target: string): Target {
  const query = target.indexOf("?");
  const path = query < 0 ? target : target.slice(0, query);
  // nearly every path is plain: only what is not gets a closer look
  if (!/^(\/\w[\w.:@~+-]*)+$/.test(path)) checkPath(path);
  return { pathname: path, searchParams: new URLSearchParams(query < 0 ? "" : target.slice(query + 1)) };
}

function checkPath(path: string): void {
  const malformed = badRequest(`malformed path ${JSON.stringify(path)}`);
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw malformed;
  }
  const isPlain = path.startsWith("/") && !/%2f|%5c|%00/i.test(path) && !/[\\\0]|\/\//.test(decoded);
  if (!isPlain || decoded.split("/").some((segment) => segment === ".." || segment === ".")) throw malformed;
}

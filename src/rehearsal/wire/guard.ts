import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import { badRequest } from "../core/status-errors.ts";

/**
 * Lets a request in, and gives its URL. Pods here are processes of the user, so an open port would let any web page
 * run commands: the token comes with every request, a page's request shows by its Origin, and a name that was
 * rebound to 127.0.0.1 shows by its Host.
 */
export function guard(
  { token, port }: { readonly token: string; readonly port: number },
  request: IncomingMessage,
): URL {
  const { host = "", origin, authorization = "" } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ApiError(421, "MisdirectedRequest", `this server is not ${JSON.stringify(host)}`);
  }
  if (origin !== undefined) throw new ApiError(403, "Forbidden", "requests of web pages are refused");
  if (!sameText(authorization, `Bearer ${token}`)) throw new ApiError(401, "Unauthorized", "Unauthorized");
  return urlOf(request.url ?? "");
}

/** Compares in a time that does not tell where the texts differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Looked at before it is decoded or normalized: `..`, empty segments, backslashes and NUL have no place in a path. */
function urlOf(target: string): URL {
  const [path = ""] = target.split("?");
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw badRequest(`malformed path ${JSON.stringify(path)}`);
  }
  const isPlain = path.startsWith("/") && !/%2f|%5c|%00/i.test(path) && !/[\\\0]|\/\//.test(decoded);
  if (!isPlain || decoded.split("/").some((segment) => segment === ".." || segment === ".")) {
    throw badRequest(`malformed path ${JSON.stringify(path)}`);
  }
  return new URL(target, "https://127.0.0.1");
}

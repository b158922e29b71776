import type { ServerResponse } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import { messageOf } from "../../kernel/failure.ts";

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  contentType = "application/json",
): void {
  sendText(response, status, JSON.stringify(body), contentType);
}

export function sendText(response: ServerResponse, status: number, text: string, contentType = "text/plain"): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-cache, private",
  });
  response.end(text);
}

/** Adds a `Warning: 299` header, which kubectl prints. Call it before the answer. */
export function warn(response: ServerResponse, text: string): void {
  const quoted = text.replaceAll(/["\\]/g, "\\$&").replaceAll(/[^\x20-\x7e]/g, "?");
  response.appendHeader("warning", `299 - "${quoted}"`);
}

/** Answers with a Status. False when the error is none that the API knows: a bug, told as a 500. */
export function sendError(response: ServerResponse, error: unknown): boolean {
  const known = error instanceof ApiError;
  if (response.headersSent) response.destroy();
  else
    sendJson(
      response,
      known ? error.status : 500,
      statusOf(known ? error : new ApiError(500, "InternalError", `Internal error occurred: ${messageOf(error)}`)),
    );
  return known;
}

/** The Status object that says what an ApiError says. */
export function statusOf({ status, reason, message, details }: ApiError): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details !== undefined && { details }),
    code: status,
  };
}

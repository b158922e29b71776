import type { ServerResponse } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { Core } from "../core/core.ts";

/** What a request is answered with. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly text: string | Buffer;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Tells of a write: it is only given when that is kept. */
  readonly isWrite?: boolean;
}

export function jsonAnswer(body: unknown, status = 200): Answer {
  return { status, text: JSON.stringify(body) };
}

export function textAnswer(text: string, status = 200): Answer {
  return { status, text, contentType: "text/plain" };
}

/** A Status. An error that is none that the API knows is a bug, told as a 500. */
export function errorAnswer(error: unknown): Answer {
  const known = error instanceof ApiError;
  const told = known ? error : new ApiError(500, "InternalError", `Internal error occurred: ${messageOf(error)}`);
  return jsonAnswer(statusOf(told), told.status);
}

/** The Status object that says what an ApiError says. */
export function statusOf({ status, reason, message, details }: ApiError): object {
  const failure = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason };
  return { ...failure, ...(details !== undefined && { details }), code: status };
}

export function sendAnswer(response: ServerResponse, { status = 200, text, contentType, headers }: Answer): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    "content-type": contentType ?? "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-cache, private",
    ...headers,
  });
  response.end(text);
}

/** As the API server has it: clients refuse an answer whose headers are too long. */
const mostWarned = 4096;

/** Adds a `Warning: 299` header, which kubectl prints. Call it before the answer. What is too much is left out. */
export function warn(response: ServerResponse, text: string): void {
  if (String(response.getHeader("warning") ?? "").length + text.length > mostWarned) return;
  const quoted = text.replaceAll(/["\\]/g, "\\$&").replaceAll(/[^\x20-\x7e]/g, "?");
  response.appendHeader("warning", `299 - "${quoted}"`);
}

/** Where answers wait for what they tell of to outlive this process. */
export interface Outbox {
  send(response: ServerResponse, answer: Answer): void;
  /** Fails while nothing can be kept: then no write may be taken in. */
  requireKept(): void;
}

/** Answers of one turn of the event loop leave together, after one write to disk for all of them. */
export function openOutbox({ flush }: Pick<Core, "flush">): Outbox {
  let waiting: [ServerResponse, Answer][] = [];
  let problem: ApiError | undefined;
  const sendAll = () => {
    const ready = waiting;
    waiting = [];
    problem = flush();
    // Reads go on where nothing can be kept, as etcd's do
    for (const [response, answer] of ready)
      sendAnswer(response, answer.isWrite && problem !== undefined ? errorAnswer(problem) : answer);
  };
  return {
    send(...answer) {
      if (waiting.push(answer) === 1) setImmediate(sendAll);
    },
    requireKept() {
      if (problem !== undefined) problem = flush();
      if (problem !== undefined) throw problem;
    },
  };
}

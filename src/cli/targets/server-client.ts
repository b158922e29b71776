import { request } from "node:https";

import type { ServerRecord } from "../../rehearsal/server-files.ts";

const timeoutMs = 5000;

/** Asks one of Aura's own endpoints of a rehearsal's server; undefined when it does not answer. */
export function askServer<T>(
  record: ServerRecord,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<T | undefined> {
  const text = body && JSON.stringify(body);
  return new Promise((resolve) => {
    const call = request(
      `${record.url}${path}`,
      {
        method,
        ca: record.certificatePem,
        timeout: timeoutMs,
        headers: { authorization: `Bearer ${record.token}`, ...(text && bodyHeaders(text)) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(parse<T>(response.statusCode, Buffer.concat(chunks).toString())));
        response.on("error", () => resolve(undefined));
      },
    );
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(undefined));
    call.end(text);
  });
}

/** A DELETE does not say by itself how long its body is. */
function bodyHeaders(text: string) {
  return { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
}

function parse<T>(status: number | undefined, text: string): T | undefined {
  return status === 200 ? (JSON.parse(text) as T) : undefined;
}

import { request } from "node:https";

import type { ServerRecord } from "../../rehearsal/server-files.ts";

const timeoutMs = 5000;

/** Asks one of Aura's own endpoints of a rehearsal's server; undefined when it does not answer. */
export function askServer<T>(
  record: ServerRecord,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const call = request(
      `${record.url}${path}`,
      {
        method,
        ca: record.certificatePem,
        timeout: timeoutMs,
        headers: { authorization: `Bearer ${record.token}`, ...(body && { "content-type": "application/json" }) },
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
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse<T>(status: number | undefined, text: string): T | undefined {
  return status === 200 ? (JSON.parse(text) as T) : undefined;
}

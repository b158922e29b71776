import { setTimeout as sleep } from "node:timers/promises";

import { ApiError } from "./api.ts";
import type { Transport } from "./transport.ts";

const firstPauseMs = 100;
const longestPauseMs = 2000;
const mostRetries = 8;

/**
 * Sends a request again, after a pause that doubles, when the answer says that the server was in passing trouble:
 * overloaded (429), at fault (500, 502, 503, 504), or overtaken by another writer while it patched (409). The first
 * attempt may have worked all the same: a create may then fail with AlreadyExists, a delete with NotFound.
 */
export function withRetries(transport: Transport): Transport {
  return async (exchange) => {
    for (let tried = 0; ; tried += 1) {
      try {
        return await transport(exchange);
      } catch (error) {
        if (tried === mostRetries || exchange.signal?.aborted || !passes(error, exchange.method)) throw error;
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** tried);
        await sleep(pauseMs, undefined, exchange.signal && { signal: exchange.signal });
      }
    }
  };
}

function passes(error: unknown, method: string): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status, reason, details } = error;
  if ([429, 500, 502, 503, 504].includes(status)) return true;
  // A patch names no version, so it can be made again; but whose field it is does not pass
  return method === "PATCH" && status === 409 && reason === "Conflict" && details?.causes === undefined;
}

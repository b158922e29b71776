import type { IncomingMessage } from "node:http";

import { expect, it } from "vitest";

import { ApiError } from "../../src/cluster/api.ts";
import { withRetries } from "../../src/cluster/retry.ts";

const done = {} as IncomingMessage;

/** Sends one request to a server that fails with these errors in turn, then answers; tells how often it was asked. */
async function send(method: string, ...errors: readonly ApiError[]) {
  let asked = 0;
  const transport = withRetries(() => {
    const error = errors[asked];
    asked += 1;
    return error === undefined ? Promise.resolve(done) : Promise.reject(error);
  });
  const outcome = await transport({ method, path: "/" }).then(
    () => "answered",
    (error: ApiError) => error.message,
  );
  return { outcome, asked };
}

const error = (status: number, reason = "") => new ApiError(status, reason, `status ${status}`, {});

it.each(["GET", "POST", "PATCH", "DELETE"])("sends %s again while the server is in trouble", async (method) => {
  expect(await send(method, error(503), error(429))).toEqual({ outcome: "answered", asked: 3 });
});

it.each([400, 401, 403, 404, 410, 422])("takes status %d for an answer", async (status) => {
  expect(await send("GET", error(status))).toEqual({ outcome: `status ${status}`, asked: 1 });
});

it("makes a patch again that was overtaken", async () => {
  expect(await send("PATCH", error(409, "Conflict"))).toEqual({ outcome: "answered", asked: 2 });
});

it("does not repeat a conflict over fields", async () => {
  const conflict = new ApiError(409, "Conflict", "field owned", { causes: [{ reason: "FieldManagerConflict" }] });
  expect(await send("PATCH", conflict)).toEqual({ outcome: "field owned", asked: 1 });
});

it("does not repeat an update of an old version", async () => {
  expect(await send("PUT", error(409, "Conflict"))).toEqual({ outcome: "status 409", asked: 1 });
});

it("stops when its signal aborts", async () => {
  const abort = new AbortController();
  let asked = 0;
  const transport = withRetries(() => {
    asked += 1;
    abort.abort();
    return Promise.reject(error(503));
  });
  await expect(transport({ method: "GET", path: "/", signal: abort.signal })).rejects.toThrow("status 503");
  expect(asked).toBe(1);
});

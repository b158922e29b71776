import { setTimeout as sleep } from "node:timers/promises";

import type { ApiRequest } from "../faults/api-errors.ts";
import type { Faults } from "../faults/faults.ts";
import { type Call, isTrue, type Resource } from "./call.ts";

/** Waits as long as a fault says, in real time, then fails with the error that one says. */
export async function sufferFaults(
  faults: Faults,
  call: Omit<Call, "body" | "warn">,
  resource: Resource,
): Promise<void> {
  const request = apiRequest(call, resource);
  const delayMs = faults.delayOf(request);
  if (delayMs > 0) await sleep(delayMs);
  const failed = faults.errorOf(request);
  if (failed === undefined) return;
  if (failed.retryAfter !== undefined) call.response.setHeader("retry-after", String(failed.retryAfter));
  throw failed.error;
}

/** A request as faults choose it. */
export function apiRequest(
  call: Pick<Call, "request" | "url">,
  { kind, namespace, name, subresource }: Resource,
): ApiRequest {
  const { headers } = call.request;
  const manager = call.url.searchParams.get("fieldManager");
  return {
    verb: verbOf(call, name),
    group: kind.group,
    resource: subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`,
    kind: kind.kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    client: [headers["user-agent"] ?? "", ...(manager === null ? [] : [manager])],
  };
}

const verbs: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch" };

function verbOf({ request: { method = "GET" }, url }: Pick<Call, "request" | "url">, name: string | undefined): string {
  if (method === "DELETE") return name === undefined ? "deletecollection" : "delete";
  if (method !== "GET") return verbs[method] ?? method.toLowerCase();
  if (isTrue(url, "watch")) return "watch";
  return name === undefined ? "list" : "get";
}

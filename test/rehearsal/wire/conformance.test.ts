import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { expect, test } from "vitest";

import { openWire, raw } from "./open-wire.ts";

// Answers recorded from a real API server, which lie beside the checkout on some machines only.
const folder = join(import.meta.dirname, "../../../../shared/fixtures/kubernetes-api");
const isThere = existsSync(folder);
if (!isThere) console.warn(`SKIPPED: agreement with a real API server, as ${folder} is absent`);

interface Recorded {
  readonly step?: number;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly response: unknown;
}

/** What is left out of the recorded answers, and what is named by chance. */
function comparable(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item, key));
  if (typeof value === "object" && value !== null) {
    const dropped = [
      "uid",
      "resourceVersion",
      "creationTimestamp",
      "deletionTimestamp",
      "managedFields",
      "lastTransitionTime",
      "startTime",
    ];
    const entries = Object.entries(value).filter(([name]) => !dropped.includes(name));
    return Object.fromEntries(entries.map(([name, part]) => [name, comparable(part, name)]));
  }
  if (typeof value !== "string") return value;
  // The cluster's time goes on while a slow machine replays: an age in a table may be more than none
  if (key === "cells" && /^\d+s$/.test(value)) return "0s";
  return key === "name" && /^g-[a-z0-9]{5}$/.test(value)
    ? "g-"
    : value.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "UUID");
}

async function replay(file: string) {
  const opened = await openWire();
  const lines = readFileSync(join(folder, file), "utf8").trim().split("\n");
  let [statuses, bodies] = [0, 0];
  const differing: string[] = [];
  for (const line of lines) {
    const {
      method,
      path,
      body,
      contentType = "application/json",
      headers = {},
      status,
      response,
      step,
    } = JSON.parse(line) as Recorded;
    const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const sent = { ...headers, ...(body !== undefined && { "content-type": contentType }) };
    const answer = await raw(opened.wire, { method, path, headers: sent, ...text });
    const parsed = answer.contentType?.startsWith("application/json") ? JSON.parse(answer.text) : answer.text;
    const sameStatus = answer.status === status;
    const sameBody = isDeepStrictEqual(comparable(parsed), comparable(response));
    if (sameStatus) statuses += 1;
    if (sameBody) bodies += 1;
    if (!sameStatus || !sameBody)
      differing.push(
        `${step ?? path} ${method} ${status}/${answer.status} ${JSON.stringify(comparable(parsed)).slice(0, 600)}`,
      );
  }
  await opened.close();
  const agreement = `agreement ${file}: ${statuses}/${lines.length} statuses, ${bodies}/${lines.length} bodies`;
  if (process.env["AURA_SHOW_DIFFERENCES"]) console.log([agreement, ...differing].join("\n"));
  return { statuses, bodies };
}

// What differs: the Go diff in a refused pod update, the whole object that a strict patch is quoted with, /version.
test.skipIf(!isThere).each([
  ["general.jsonl", 89, 86],
  ["karpenter.jsonl", 70, 69],
])("agrees with recorded answers of %s", async (file, statusFloor, bodyFloor) => {
  const { statuses, bodies } = await replay(file);
  expect(statuses).toBeGreaterThanOrEqual(statusFloor);
  expect(bodies).toBeGreaterThanOrEqual(bodyFloor);
});

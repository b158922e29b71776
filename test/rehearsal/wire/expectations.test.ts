import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { openWire, raw } from "./open-wire.ts";

const folder = join(import.meta.dirname, "expectations");

/**
 * What a real API server (1.35, with the CRDs of Karpenter 1.14) says to a request; those of a file build on each other.
 * `from` is how it is known: read in the source (for Karpenter: by its own CRDs in our server), or by experience.
 */
interface Expectation {
  readonly from: "source" | "knowledge";
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
  readonly status: number;
  /** A part of the message of the Status. */
  readonly message?: string;
  /** A part of the answer; null is for what has to be absent. */
  readonly answer?: unknown;
}

function fits(found: unknown, wanted: unknown): boolean {
  if (wanted === null) return found === undefined || found === null;
  if (Array.isArray(wanted))
    return Array.isArray(found) && found.length === wanted.length && wanted.every((one, i) => fits(found[i], one));
  // An age grows while a slow machine replays
  if (wanted === "0s") return /^\d+s$/.test(String(found));
  if (typeof wanted !== "object") return found === wanted;
  const fields = found as Record<string, unknown> | undefined;
  return Object.entries(wanted).every(([name, value]) => fits(fields?.[name], value));
}

test.each(readdirSync(folder))("answers as a real server: %s", async (file) => {
  const opened = await openWire();
  const different: string[] = [];
  for (const line of readFileSync(join(folder, file), "utf8").trim().split("\n")) {
    const { method, path, body, contentType, headers, status, message, answer }: Expectation = JSON.parse(line);
    const typed = { "content-type": contentType ?? "application/json", ...headers };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const sent = body === undefined ? { ...(headers && { headers }) } : { headers: typed, body: text };
    const got = await raw(opened.wire, { method, path, ...sent });
    const parsed = got.text.startsWith("{") ? JSON.parse(got.text) : { message: got.text };
    const isRight =
      got.status === status &&
      (message === undefined || String(parsed.message).includes(message)) &&
      (answer === undefined || fits(parsed, answer));
    if (!isRight) different.push(`${line}\n  answered ${got.status} ${parsed.message ?? got.text}`);
  }
  await opened.close();
  expect(different).toEqual([]);
});

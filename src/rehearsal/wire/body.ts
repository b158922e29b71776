import type { IncomingMessage } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import { badRequest } from "../core/status-errors.ts";
import { decodeProtobuf, protobufType } from "./protobuf.ts";

/** etcd takes 1.5 MiB and the API server 3 MiB. */
const mostBytes = 3 * 1024 * 1024;
const mostDepth = 100;

const jsonTypes = [
  "application/json",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];
const yamlTypes = ["application/yaml", "application/apply-patch+yaml"];

/** The type without its parameters, such as `application/json`. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The decoded body, or undefined when there is none. Fails with 413, 415 or 400. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  const type = mediaType(request);
  if (bytes.length === 0) return undefined;
  if (![...jsonTypes, ...yamlTypes, protobufType].includes(type)) throw unsupported(type);
  const value = type === protobufType ? decodeProtobuf(bytes) : await parseText(bytes.toString("utf8"), type, request);
  checkDepth(value);
  return value;
}

function unsupported(type: string): ApiError {
  const instead = type === "application/cbor" ? " (CBOR is left out here: send JSON)" : "";
  return new ApiError(415, "UnsupportedMediaType", `415: Unsupported Media Type${instead}`, {});
}

async function parseText(text: string, type: string, request: IncomingMessage): Promise<unknown> {
  if (text.trim() === "") return undefined;
  const isYaml = yamlTypes.includes(type) && !/^\s*[{[]/.test(text);
  return isYaml ? await parseYaml(text) : parseJson(text, request.method === "PATCH");
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${mostBytes}`);
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string, isPatch: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(
      isPatch ? `error decoding patch: ${why}` : `the object provided is unrecognized (must be of type ${why})`,
    );
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import("yaml");
  try {
    const value: unknown = parse(text, { maxAliasCount: 100 });
    // Aliases make YAML a graph: what is shared or deep in it only shows when it is written out
    const plain = JSON.stringify(value);
    if (plain.length > mostBytes) throw new Error("the document is too large");
    return JSON.parse(plain);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badRequest(`error parsing YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Deep nesting would overflow the stack of whatever walks the object; so it is looked for level by level. */
function checkDepth(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostDepth) throw badRequest(`the body nests deeper than ${mostDepth} levels`);
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
}

import type { IncomingMessage } from "node:http";

import { ApiError } from "../../cluster/api.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { badRequest, unsupportedMediaType } from "../core/status-errors.ts";
import { jsonError } from "./json-error.ts";
import { decodeProtobuf, protobufType } from "./protobuf.ts";

/** etcd takes 1.5 MiB and the API server 3 MiB. */
const mostBytes = 3 * 1024 * 1024;
/** The YAML parser takes seconds for a few megabytes: what is larger has to come as JSON, which clients send anyway. */
const mostYamlBytes = 512 * 1024;
const mostDepth = 100;

const jsonTypes = [
  "application/json",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];
const yamlTypes = ["application/yaml", "application/apply-patch+yaml"];

/** The type without its parameters. A PUT may do without, for `kubectl scale`: it is none that a page could send. */
export function mediaType({ headers, method }: IncomingMessage): string {
  const given = headers["content-type"] ?? (method === "PUT" ? "application/json" : "");
  return (given.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** The decoded body, or undefined when there is none. Fails with 413, 415 or 400. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  const type = mediaType(request);
  if (bytes.length === 0) return undefined;
  const isPlain = /^(identity)?$/i.test(request.headers["content-encoding"] ?? "");
  if (!isPlain || ![...jsonTypes, ...yamlTypes, protobufType].includes(type)) throw unsupported(type, request.method);
  const value = type === protobufType ? decodeProtobuf(bytes) : await parseText(bytes.toString("utf8"), type, request);
  checkDepth(value);
  return value;
}

/** A decoded body, where it has to be an object; else fails with 400. */
export function objectBody(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest("the body of the request is not an object");
  return body;
}

/** A patch is refused by the router of the real server, any other body by its decoder. */
export function unsupported(type: string, method: string | undefined): ApiError {
  if (method !== "PATCH" && type !== "application/cbor")
    return unsupportedMediaType(["application/json", "application/yaml", protobufType]);
  const instead = type === "application/cbor" ? " (CBOR is left out here: send JSON)" : "";
  return new ApiError(415, "UnsupportedMediaType", `415: Unsupported Media Type${instead}`, {});
}

async function parseText(text: string, type: string, request: IncomingMessage): Promise<unknown> {
  if (text.trim() === "") return undefined;
  const isYaml = yamlTypes.includes(type) && !/^\s*[{[]/.test(text);
  return isYaml ? await parseYaml(text) : parseJson(text, request.method === "PATCH");
}

function tooLarge(limit: number): ApiError {
  return new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limit}`);
}

function readBytes(request: IncomingMessage): Buffer | Promise<Buffer> {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (Number(length ?? 0) > mostBytes) throw tooLarge(mostBytes);
  if (length === undefined && encoding === undefined) return Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= mostBytes) return;
      request.off("data", take);
      reject(tooLarge(mostBytes));
    };
    request.on("data", take).once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
  });
}

function parseJson(text: string, isPatch: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const why = jsonError(text);
    throw badRequest(
      isPatch
        ? `error decoding patch: ${why}`
        : `the object provided is unrecognized: couldn't get version/kind; json parse error: ${why}`,
    );
  }
}

/** Errors that show the text would show secrets, and to look for keys that are there twice takes quadratic time. */
const yamlOptions = { maxAliasCount: 100, uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;

async function parseYaml(text: string): Promise<unknown> {
  if (text.length > mostYamlBytes) throw tooLarge(mostYamlBytes);
  const { parse } = await import("yaml");
  try {
    const value: unknown = parse(text, yamlOptions);
    // Aliases make YAML a graph: what is shared or deep in it only shows when it is written out
    const plain = JSON.stringify(value);
    if (plain.length > mostBytes) throw new Error("the document is too large");
    return JSON.parse(plain);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badRequest(`error parsing YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Deep nesting would overflow the stack of whatever walks the object. */
function checkDepth(value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth >= mostDepth) throw badRequest(`the body nests deeper than ${mostDepth} levels`);
  for (const part of Object.values(value)) checkDepth(part, depth + 1);
}

import protobuf, { type Reader } from "protobufjs/minimal.js";

import { ApiError } from "../../cluster/api.ts";
import { messageOf } from "../../kernel/failure.ts";
import { arrayOr, type JsonObject, objectIn, objectOr } from "../core/json.ts";
import { badRequest } from "../core/status-errors.ts";
import { decodeBuiltin } from "../schema/builtin-decode.ts";
import { builtinType, type Field, isBuiltinType, ownFieldsOf } from "../schema/builtin-types.ts";

export const protobufType = "application/vnd.kubernetes.protobuf";

const magic = "k8s\0";
/** runtime.Unknown, the envelope of every message (apimachinery pkg/runtime/generated.proto). */
const envelope: readonly Field[] = [plainField("typeMeta", 1, "TypeMeta"), plainField("raw", 2, "byte")];
const typeMeta: readonly Field[] = [plainField("apiVersion", 1, "string"), plainField("kind", 2, "string")];
/** Types that are messages in protobuf and one value in JSON. */
const seconds = [plainField("seconds", 1, "int64"), plainField("nanos", 2, "int32")];
const wrapped: Record<string, readonly Field[]> = {
  TypeMeta: typeMeta,
  time: seconds,
  "micro-time": seconds,
  quantity: [plainField("string", 1, "string")],
  "int-or-string": [
    ...[plainField("type", 1, "int64"), plainField("intVal", 2, "int32"), plainField("strVal", 3, "string")],
  ],
  any: [plainField("raw", 1, "byte")],
};

/**
 * The object in a protobuf body, as it would be from JSON. Typed Go clients (kubectl create, helm) send such bodies.
 * Fails with 400 for bytes that are no message. Of a kind that is not served there is only the metadata.
 */
export function decodeProtobuf(body: Uint8Array): JsonObject {
  if (Buffer.from(body.subarray(0, 4)).toString("latin1") !== magic)
    throw badRequest("the body is not in the Kubernetes protobuf format: it does not begin with k8s\\0");
  try {
    return decodeEnvelope(body.subarray(4));
  } catch (error) {
    throw error instanceof ApiError ? error : badRequest(`the protobuf body cannot be decoded: ${messageOf(error)}`);
  }
}

function decodeEnvelope(body: Uint8Array): JsonObject {
  const { typeMeta, raw } = readMessage(envelope, body);
  const { apiVersion = "", kind = "" } = objectOr(typeMeta) as { apiVersion?: string; kind?: string };
  // Options have the version of the group they are sent to
  const type = kind === "DeleteOptions" ? kind : builtinType(apiVersion, kind);
  const bytes = Buffer.from(String(raw ?? ""), "base64");
  // What is left out is refused by its name
  if (type === undefined) return { apiVersion, kind, ...readMessage([plainField("metadata", 1, "ObjectMeta")], bytes) };
  const message = readMessage(ownFieldsOf(type), bytes);
  return { apiVersion, kind, ...decodeBuiltin(type, message).value };
}

function readMessage(fields: readonly Field[], bytes: Uint8Array): JsonObject {
  const reader = protobuf.Reader.create(bytes);
  const result: JsonObject = {};
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = fields.find(({ number }) => number === tag >>> 3);
    if (field === undefined || tag >>> 3 === 0) reader.skipType(tag & 7);
    else readField(field, tag & 7, reader, result);
  }
  return result;
}

function readField({ name, type, embedded }: Field, wireType: number, reader: Reader, result: JsonObject): void {
  const inner = type.slice(1, -1);
  if (embedded) Object.assign(result, readValue(type, reader));
  else if (type.startsWith("[")) {
    const list = arrayOr<unknown>(result[name]) as unknown[];
    for (const item of readItems(inner, wireType, reader)) list.push(item);
    result[name] = list;
  } else if (type.startsWith("{")) {
    const { key = "", value } = readMessage(
      [plainField("key", 1, "string"), plainField("value", 2, inner)],
      reader.bytes(),
    );
    if (key !== "__proto__") objectIn(result, name)[String(key)] = value ?? null;
  } else result[name] = readValue(type, reader);
}

/** Numbers may come packed, many to a field. */
function readItems(type: string, wireType: number, reader: Reader): unknown[] {
  if (wireType !== 2 || !/^int/.test(type) || type === "int-or-string") return [readValue(type, reader)];
  const end = reader.uint32() + reader.pos;
  const items: unknown[] = [];
  while (reader.pos < end) items.push(readValue(type, reader));
  return items;
}

const readers: Record<string, (reader: Reader) => unknown> = {
  string: (reader) => reader.string(),
  boolean: (reader) => reader.bool(),
  double: (reader) => reader.double(),
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(String(reader.int64())),
  byte: (reader) => Buffer.from(reader.bytes()).toString("base64"),
};

function readValue(type: string, reader: Reader): unknown {
  const plain = readers[type];
  if (plain !== undefined) return plain(reader);
  const bytes = reader.bytes();
  if (isBuiltinType(type)) return readMessage(ownFieldsOf(type), bytes);
  // Lists as values of a map, such as a user's extra, are messages too
  if (type.startsWith("[")) return readMessage([plainField("items", 1, type)], bytes)["items"] ?? [];
  return unwrapped(type, readMessage(wrapped[type] ?? [], bytes));
}

function unwrapped(type: string, message: JsonObject): unknown {
  switch (type) {
    case "quantity":
      return message["string"] ?? "0";
    case "int-or-string":
      return message["type"] ? (message["strVal"] ?? "") : (message["intVal"] ?? 0);
    case "any":
      return message["raw"] === undefined ? null : JSON.parse(Buffer.from(String(message["raw"]), "base64").toString());
    case "time":
    case "micro-time":
      return timeOf(message);
    default:
      return message;
  }
}

/** Go's zero time is no time. */
function timeOf({ seconds = 0, nanos = 0 }: JsonObject): string | null {
  if (!seconds && !nanos) return null;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw new RangeError("a time is out of range");
  return `${date.toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z`;
}

function plainField(name: string, number: number, type: string): Field {
  return { name, number, type, empty: "kept", embedded: false, required: false, traits: [] };
}

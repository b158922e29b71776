import protobuf, { type Writer } from "protobufjs/minimal.js";

import type { AnyObject } from "../../../src/cluster/objects.ts";
import { builtinType, isBuiltinType, ownFieldsOf } from "../../../src/rehearsal/schema/builtin-types.ts";

/** A built-in kind's object as a typed Go client sends it. */
export function protobufOf({ apiVersion, kind, ...rest }: AnyObject): Buffer {
  const meta = text(text(protobuf.Writer.create(), 1, apiVersion), 2, kind).finish();
  const raw = message(builtinType(apiVersion, kind) ?? "", rest);
  const unknown = bytes(bytes(protobuf.Writer.create(), 1, meta), 2, raw).finish();
  return Buffer.concat([Buffer.from("k8s\0"), unknown]);
}

function message(type: string, value: Record<string, unknown>): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const field of ownFieldsOf(type)) {
    if (field.embedded) bytes(writer, field.number, message(field.type, value));
    else if (value[field.name] !== undefined) put(writer, field.number, field.type, value[field.name]);
  }
  return writer.finish();
}

function put(writer: Writer, number: number, type: string, value: unknown): void {
  const inner = type.slice(1, -1);
  if (type.startsWith("[")) for (const item of value as unknown[]) put(writer, number, inner, item);
  else if (type.startsWith("{"))
    for (const [key, part] of Object.entries(value as object)) {
      const entry = text(protobuf.Writer.create(), 1, key);
      put(entry, 2, inner, part);
      bytes(writer, number, entry.finish());
    }
  else if (isBuiltinType(type)) bytes(writer, number, message(type, value as Record<string, unknown>));
  else plain(writer, number, type, value);
}

function plain(writer: Writer, number: number, type: string, value: unknown): void {
  const inner = protobuf.Writer.create();
  if (type === "string") text(writer, number, String(value));
  else if (type === "boolean") writer.uint32(number << 3).bool(value === true);
  else if (type.startsWith("int") && type !== "int-or-string") writer.uint32(number << 3).int64(Number(value));
  else if (type === "byte") bytes(writer, number, Buffer.from(String(value), "base64"));
  else if (type === "quantity") bytes(writer, number, text(inner, 1, String(value)).finish());
  else if (type === "any") bytes(writer, number, bytes(inner, 1, Buffer.from(JSON.stringify(value))).finish());
  else if (type === "int-or-string") bytes(writer, number, intOrString(inner, value).finish());
  else
    bytes(
      writer,
      number,
      inner
        .uint32(8)
        .int64(Date.parse(String(value)) / 1000)
        .finish(),
    );
}

function intOrString(writer: Writer, value: unknown): Writer {
  return typeof value === "string" ? text(writer.uint32(8).int64(1), 3, value) : writer.uint32(16).int32(Number(value));
}

function text(writer: Writer, number: number, value: string): Writer {
  return writer.uint32((number << 3) | 2).string(value);
}

function bytes(writer: Writer, number: number, value: Uint8Array): Writer {
  return writer.uint32((number << 3) | 2).bytes(value);
}

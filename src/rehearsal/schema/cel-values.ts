import { evaluate } from "@marcbachmann/cel-js";
import { isObject } from "../core/json.ts";
import type { Sizes } from "./cel-cost.ts";
import { partSchema, type Schema } from "./schema.ts";
import { hasFormat } from "./schema-formats.ts";

/** Words that CEL keeps for itself: fields of that name are written `__in__`. */
const reserved = [
  ...["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"],
  ...["let", "loop", "package", "namespace", "return", "var", "void", "while"],
];

/** A JSON value as rules see it: integers as BigInt, times as Date, fields under the names that CEL can write. */
export function celValue(schema: Schema | undefined, value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) && schema?.type !== "number" ? BigInt(value) : value;
  if (typeof value === "string") return textValue(schema?.format, value);
  if (Array.isArray(value)) return value.map((item) => celValue(schema?.items, item));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, part]) => {
    const name = schema?.properties?.[key] === undefined ? key : fieldName(key);
    return [name, celValue(partSchema(schema, key), part)];
  });
  return Object.fromEntries(fields);
}

function textValue(format: string | undefined, text: string): unknown {
  if (format === "date-time" || format === "datetime") return new Date(text);
  if (format === "date") return new Date(`${text}T00:00:00Z`);
  return format === "duration" ? durationValue(text) : text;
}

const milliseconds: Record<string, number> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 },
};

/** Days and weeks, and spaces, are taken in a field though not in CEL. What was stored wrong stays a text. */
function durationValue(text: string): unknown {
  if (!hasFormat("duration", text)) return text;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)/g)];
  const total = parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (milliseconds[unit] ?? 0), 0);
  return evaluate("duration(text)", { text: `${text.startsWith("-") ? "-" : ""}${total.toFixed(6)}ms` });
}

/** `a-b` is `a__dash__b`, and so on: the escapes of Kubernetes' `x-kubernetes-validations`. */
export function fieldName(key: string): string {
  if (reserved.includes(key)) return `__${key}__`;
  return key
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__");
}

/** How large a value's parts are. */
export function sizesOf(value: unknown): Sizes {
  if (typeof value === "string") return { items: 0, text: value.length };
  if (typeof value !== "object" || value === null) return { items: 0, text: 0 };
  const parts = Object.values(value);
  let [items, text] = [parts.length, 0];
  for (const part of parts) {
    const below = sizesOf(part);
    items = Math.max(items, below.items);
    text = Math.max(text, below.text);
  }
  return { items, text };
}

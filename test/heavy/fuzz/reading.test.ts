import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";

import type { AnyObject } from "../../../src/cluster/objects.ts";
import { quantityOf } from "../../../src/kernel/quantity.ts";
import {
  compareFields,
  difference,
  type FieldSet,
  fieldsOf,
  intersection,
  isEmpty,
  mergeApplied,
  removeFields,
  union,
} from "../../../src/rehearsal/core/field-sets.ts";
import { matcherOf, parseLabelSelector } from "../../../src/rehearsal/core/selectors.ts";
import { DecodeError, decodeBuiltin } from "../../../src/rehearsal/schema/builtin-decode.ts";
import { builtinType } from "../../../src/rehearsal/schema/builtin-types.ts";
import { canonicalQuantity } from "../../../src/rehearsal/schema/canonical-quantity.ts";
import { guard } from "../../../src/rehearsal/wire/guard.ts";
import { jsonError } from "../../../src/rehearsal/wire/json-error.ts";
import { jsonPath } from "../../../src/rehearsal/wire/json-path.ts";
import { decodeProtobuf } from "../../../src/rehearsal/wire/protobuf.ts";
import { openCore } from "../../rehearsal/core/objects.ts";
import { cases, expectCleanPrototypes, json, mutated, tried } from "./cases.ts";
import { originals } from "./originals.ts";
import { protobufOf } from "./protobuf-of.ts";

const { core } = openCore();
const builtins = originals.filter(({ apiVersion, kind }) => builtinType(apiVersion, kind) !== undefined);

test("the JSON that is refused is explained", () => {
  cases("JSON", fc.tuple(json, fc.nat(), fc.string({ maxLength: 3 })), 8000, ([value, at, noise]) => {
    const text = JSON.stringify(value);
    const broken = text.slice(0, at % (text.length + 1)) + noise + text.slice((at % (text.length + 1)) + 1);
    try {
      JSON.parse(broken);
    } catch {
      expect(jsonError(broken)).toMatch(/^(unexpected end of JSON input|invalid character)/);
    }
  });
});

test("JSON in YAML is the same value", () => {
  cases("YAML", json, 3000, (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    expect(JSON.stringify(parse(JSON.stringify(plain), { uniqueKeys: false }))).toBe(JSON.stringify(plain));
  });
});

test("decoding twice is decoding once", () => {
  cases("decode", mutated(builtins, 4), 10_000, (object) => {
    const type = builtinType(object.apiVersion, object.kind) ?? "";
    const before = JSON.stringify(object);
    try {
      const { value } = decodeBuiltin(type, object);
      expect(decodeBuiltin(type, value)).toEqual({ value, unknown: [] });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    expect(JSON.stringify(object)).toBe(before);
  });
  expectCleanPrototypes();
});

// CustomResourceDefinitions have no numbers for their fields: they come as JSON
const inProtobuf = builtins.filter(({ kind }) => kind !== "CustomResourceDefinition");
const messages = inProtobuf.map((object) => protobufOf(object));

test("protobuf gives what JSON gives", () => {
  for (const [index, object] of inProtobuf.entries()) {
    const type = builtinType(object.apiVersion, object.kind) ?? "";
    expect(decodeProtobuf(messages[index] ?? Buffer.of())).toEqual(decodeBuiltin(type, object).value);
  }
});

test("any bytes are a message or are refused", () => {
  const valid = fc.constantFrom(...messages).map((bytes) => Buffer.from(bytes));
  const change = fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("set", "cut", "insert", "repeat"));
  const changed = fc.tuple(valid, fc.array(change, { maxLength: 4 })).map(([bytes, changes]) =>
    changes.reduce((now, [place, byte, how]) => {
      const at = 4 + (place % Math.max(1, now.length - 4));
      if (how === "cut") return now.subarray(0, at);
      if (how === "insert") return Buffer.concat([now.subarray(0, at), Buffer.of(byte), now.subarray(at)]);
      if (how === "repeat") return Buffer.concat([now, now.subarray(at)]);
      return Buffer.concat([now.subarray(0, at), Buffer.of(byte), now.subarray(at + 1)]);
    }, bytes),
  );
  const random = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([Buffer.from("k8s\0"), bytes]));
  cases("protobuf", fc.oneof({ weight: 4, arbitrary: changed }, random), 12_000, (bytes) => {
    tried(() => decodeProtobuf(bytes));
  });
  expectCleanPrototypes();
});

const words = ["a", "b", "app", "x/y", "constructor", "toString", "__proto__", "in", "notin", "1", "2"];
const word = fc.constantFrom(...words);
const labels = fc.dictionary(
  fc.constantFrom("a", "b", "app", "x/y", "constructor"),
  fc.constantFrom("a", "b", "1", "2", ""),
  {
    noNullPrototype: true,
  },
);
type Term = readonly [operator: string, key: string, values: readonly string[]];
const values = ["a", "b", "1", "2"];
const term: fc.Arbitrary<Term> = fc.tuple(
  fc.constantFrom("", "!", "=", "==", "!=", "in", "notin", "<", ">"),
  fc.constantFrom("a", "b", "app", "x/y", "constructor", "toString"),
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
);

function textOf([operator, key, [first = "", ...more]]: Term): string {
  if (operator === "") return key;
  if (operator === "!") return `!${key}`;
  if (operator.endsWith("in")) return `${key} ${operator} (${[first, ...more].join(", ")})`;
  return `${key}${operator}${"<>".includes(operator) ? "1" : first}`;
}

function holds([operator, key, given]: Term, of: Record<string, string>): boolean {
  const value = Object.entries(of).find(([name]) => name === key)?.[1];
  const number = value === undefined || value === "" ? Number.NaN : Number(value);
  const results: Record<string, boolean> = {
    "": value !== undefined,
    "!": value === undefined,
    "=": value === given[0],
    "==": value === given[0],
    "!=": value !== given[0],
    in: given.some((one) => one === value),
    notin: !given.some((one) => one === value),
    "<": number < 1,
    ">": number > 1,
  };
  return results[operator] ?? false;
}

test("label selectors select what they say", () => {
  cases("selector", fc.tuple(fc.array(term, { minLength: 1, maxLength: 4 }), labels), 8000, ([terms, of]) => {
    const matches = parseLabelSelector(terms.map(textOf).join(","));
    expect(matches(of)).toBe(terms.every((one) => holds(one, of)));
  });
});

test("any text is a selector or is refused", () => {
  const piece = fc.oneof(word, fc.constantFrom("=", "==", "!=", "!", "<", ">", "(", ")", ",", " ", "é", "\0", "-"));
  const kinds = core.kinds.all();
  cases("selector text", fc.tuple(fc.array(piece, { maxLength: 10 }), labels, fc.nat()), 8000, ([pieces, of, at]) => {
    const text = pieces.join("");
    const done = tried(() => parseLabelSelector(text)(of));
    if ("value" in done) expect(typeof done.value).toBe("boolean");
    const kind = kinds[at % kinds.length];
    const fieldSelector = `metadata.name${text}`;
    if (kind !== undefined)
      tried(() => matcherOf(kind, { ...kind, fieldSelector })({ metadata: { labels: of } } as unknown as AnyObject));
  });
});

const podSchema = core.kinds.of({ apiVersion: "v1", kind: "Pod" }).schema;
const [podOriginal] = originals.filter(({ kind }) => kind === "Pod");
const podFields = mutated([podOriginal as AnyObject], 3).map((pod) => {
  try {
    return decodeBuiltin("Pod", pod).value;
  } catch {
    return podOriginal as AnyObject;
  }
});

test("sets of fields keep the laws of sets", () => {
  cases("field sets", fc.tuple(podFields, podFields), 6000, ([one, other]) => {
    const [a, b] = [fieldsOf(podSchema, one), fieldsOf(podSchema, other)];
    const same = (x: FieldSet, y: FieldSet) => isEmpty(difference(x, y)) && isEmpty(difference(y, x));
    expect(same(union(a, b), union(b, a))).toBe(true);
    expect(same(intersection(a, b), intersection(b, a))).toBe(true);
    expect(same(union(difference(a, b), intersection(a, b)), a)).toBe(true);
    expect(isEmpty(intersection(difference(a, b), b))).toBe(true);
    expect(compareFields(podSchema, one, one)).toEqual({ changed: {}, removed: {} });
    const merged = mergeApplied(podSchema, one, other);
    expect(mergeApplied(podSchema, merged, other)).toEqual(merged);
    removeFields(podSchema, one, b);
  });
});

test("quantities read back as they are written", () => {
  const digits = fc.array(fc.constantFrom(..."0123456789."), { maxLength: 12 }).map((list) => list.join(""));
  const suffix = fc.constantFrom(
    "",
    "n",
    "u",
    "m",
    "k",
    "M",
    "G",
    "T",
    "P",
    "E",
    "Ki",
    "Mi",
    "Gi",
    "Ei",
    "e3",
    "E-3",
    "x",
    "e",
    " ",
  );
  const text = fc.tuple(fc.constantFrom("", "-", "+"), digits, suffix).map((parts) => parts.join(""));
  cases("quantity", fc.oneof(text, fc.string()), 8000, (given) => {
    const written = canonicalQuantity(given);
    if (written === undefined) return;
    expect(canonicalQuantity(written)).toBe(written);
    const [before, after] = [quantityOf(given) ?? 0, quantityOf(written) ?? Number.NaN];
    expect(Math.abs(after - before)).toBeLessThanOrEqual((given.endsWith("i") ? 1 : 1e-9) + Math.abs(before) * 1e-9);
  });
});

test("any text is a path of JSON", () => {
  const piece = fc.constantFrom(
    ".a",
    ".b",
    "['a']",
    "[0]",
    "[*]",
    '[?(@.a=="b")]',
    ".__proto__",
    ".constructor",
    "[",
    "\\",
    "{",
    "..",
  );
  cases("JSON path", fc.tuple(json, fc.array(piece, { maxLength: 6 })), 5000, ([value, pieces]) => {
    for (const found of jsonPath(value, pieces.join(""))) expect(typeof found).not.toBe("function");
  });
});

test("no URL leaves its path", () => {
  const piece = fc.constantFrom(
    "/",
    "a",
    ".",
    "..",
    "%2e",
    "%2f",
    "%5c",
    "\\",
    "%00",
    "\0",
    "%c0%af",
    "%",
    "%25",
    "?",
    "#",
    "é",
    "api",
    "v1",
  );
  cases("URL", fc.array(piece, { maxLength: 10 }), 8000, (pieces) => {
    const url = `/${pieces.join("")}`;
    const headers = { host: "127.0.0.1:1", authorization: "Bearer t" };
    const done = tried(() => guard({ token: "t", port: 1 }, { headers, url } as never));
    if (!("value" in done)) return;
    const segments = decodeURIComponent(done.value.pathname).split("/");
    expect(segments).not.toContain("..");
    expect(segments.join()).not.toMatch(/[\\\0]/);
    expect(segments.slice(1, -1)).not.toContain("");
  });
});

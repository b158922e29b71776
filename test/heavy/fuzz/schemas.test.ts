import fc from "fast-check";
import { expect, test } from "vitest";

import { compileCel } from "../../../src/rehearsal/schema/cel.ts";
import { checkDeclared } from "../../../src/rehearsal/schema/crd-schema.ts";
import { matches, patternOf } from "../../../src/rehearsal/schema/pattern.ts";
import type { Schema } from "../../../src/rehearsal/schema/schema.ts";
import { applyDefaults, prune } from "../../../src/rehearsal/schema/schema-defaults.ts";
import { checkRules } from "../../../src/rehearsal/schema/schema-rules.ts";
import { checkShape } from "../../../src/rehearsal/schema/schema-shape.ts";
import { openCore } from "../../rehearsal/core/objects.ts";
import { cases, expectCleanPrototypes, json, mutated, tried } from "./cases.ts";
import { originals, widgetCrd } from "./originals.ts";

const names = ["a", "b", "for", "x-y", "constructor", "in"];
const texts = ["", "a", "ab", "1h", "1d", "2020-01-01T00:00:00Z", "10Mi"];

const schemas = fc.letrec<{ schema: Schema }>((tie) => {
  const properties = fc.dictionary(fc.constantFrom(...names), tie("schema"), { maxKeys: 3, noNullPrototype: true });
  const rules = fc.array(
    fc.constantFrom(
      "self == self",
      "has(self.a)",
      "self.a == oldSelf.a",
      "size(self) > 1",
      "self.matches('^a+$')",
      "self > 1",
    ),
    { maxLength: 2 },
  );
  const withRules = (schema: Schema, list: readonly string[]): Schema =>
    list.length === 0 ? schema : { ...schema, "x-kubernetes-validations": list.map((rule) => ({ rule })) };
  return {
    schema: fc.oneof(
      { depthSize: "small" },
      fc.record(
        {
          type: fc.constant("string" as const),
          default: fc.constantFrom(...texts),
          format: fc.constantFrom("duration", "date-time", "date", "uuid", "hostname", "byte"),
          pattern: fc.constantFrom("^a*$", "^(a+)+$", "(?i)B{1,3}", "^[a-z]{0,61}$"),
          maxLength: fc.nat(4),
          nullable: fc.boolean(),
          enum: fc.constant(["a", "ab"]),
        },
        { requiredKeys: ["type"] },
      ),
      fc.record(
        {
          type: fc.constantFrom("integer", "number", "boolean"),
          default: fc.constantFrom(1, 0.5, true),
          nullable: fc.boolean(),
        },
        { requiredKeys: ["type"] },
      ),
      fc
        .tuple(properties, rules)
        .map(([fields, list]): Schema => withRules({ type: "object", properties: fields }, list)),
      tie("schema").map((additionalProperties): Schema => ({ type: "object", additionalProperties })),
      fc.tuple(tie("schema"), rules).map(([items, list]): Schema => withRules({ type: "array", items }, list)),
      fc.constant<Schema>({ "x-kubernetes-int-or-string": true }),
      fc.constant<Schema>({ type: "object", "x-kubernetes-preserve-unknown-fields": true }),
    ),
  };
}).schema;

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, 1, 0.5, true, ...texts),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
})).value;

const copy = (from: unknown) => JSON.parse(JSON.stringify(from));

test("pruning and defaulting twice is doing it once", () => {
  cases("schema", fc.tuple(schemas, value, value), 14_000, ([schema, given, old]) => {
    const now = copy(given);
    prune(schema, now);
    expect(prune(schema, now)).toEqual([]);
    applyDefaults(schema, now);
    const once = copy(now);
    applyDefaults(schema, now);
    expect(now).toEqual(once);
    const isDeclared = checkDeclared({ type: "object", properties: { a: schema } }, "schema").length === 0;
    if (!isDeclared || checkShape(schema, now, undefined, "").length > 0) return;
    expect(prune(schema, copy(now))).toEqual([]);
    checkRules(schema, now, undefined);
    checkRules(schema, now, old);
    // what is valid stays so when nothing changes
    expect(checkShape(schema, now, now, "")).toEqual([]);
    expect(checkRules(schema, now, now)).toEqual([]);
  });
});

test("any declared schema is served or refused", () => {
  const [crd] = originals.filter(({ kind }) => kind === "CustomResourceDefinition");
  const { core } = openCore();
  cases("definition", mutated(crd === undefined ? [] : [crd], 3), 3000, (object) => {
    const named = { ...object, metadata: { name: "widgets.fuzz.example.com" } };
    const done = tried(() => core.create(named as never));
    if (!("value" in done)) return;
    for (const kind of core.kinds.all().filter(({ group }) => group === "fuzz.example.com")) {
      const { apiVersion, kind: name } = kind;
      const widget = { apiVersion, kind: name, metadata: { name: "w" }, spec: { name: "abc", size: 4 } };
      tried(() => core.create(widget as never));
    }
    core.delete({ ...widgetCrd, metadata: { name: "widgets.fuzz.example.com" } } as never);
  });
  expectCleanPrototypes();
});

const expressions = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie("expression");
  const pair = fc.tuple(inner, inner);
  return {
    expression: fc.oneof(
      { depthSize: "medium" },
      fc.constantFrom(
        "self",
        "oldSelf",
        "1",
        "-1",
        "1.5",
        "'a'",
        "''",
        "true",
        "null",
        "x",
        "[1, 2]",
        "{'a': 1}",
        "b'a'",
        "9223372036854775807",
      ),
      fc
        .tuple(pair, fc.constantFrom("+", "-", "*", "/", "%", "==", "<", "&&", "||", "in", "!=", "=>"))
        .map(([[a, b], op]) => `(${a} ${op} ${b})`),
      fc
        .tuple(
          inner,
          fc.constantFrom(
            "a",
            "b",
            "size()",
            "matches('(a|b|ab)*c')",
            "?a",
            "split('')",
            "lowerAscii()",
            "sum()",
            "toString",
            "constructor",
            "__proto__",
          ),
        )
        .map(([a, b]) => `${a}.${b}`),
      fc
        .tuple(pair, fc.constantFrom("all", "exists", "exists_one", "map", "filter"))
        .map(([[a, b], macro]) => `${a}.${macro}(x, ${b})`),
      fc
        .tuple(
          pair,
          fc.constantFrom("replace", "contains", "find", "findAll", "matches", "indexOf", "startsWith", "format"),
        )
        .map(([[a, b], call]) => `${a}.${call}(${b})`),
      fc
        .tuple(
          inner,
          fc.constantFrom(
            "size",
            "int",
            "string",
            "duration",
            "timestamp",
            "type",
            "has",
            "quantity",
            "dyn",
            "optional.of",
            "nothing",
          ),
        )
        .map(([a, call]) => `${call}(${a})`),
      pair.map(([a, b]) => `${a}[${b}]`),
      pair.map(([a, b]) => `cel.bind(y, ${a}, ${b})`),
      fc.tuple(inner, pair).map(([a, [b, c]]) => `(${a} ? ${b} : ${c})`),
      inner.map((a) => `!${a}`),
      fc.string({ maxLength: 5 }),
    ),
  };
}).expression;

test("any rule gives a verdict, a problem, or is refused", () => {
  const large = Array.from({ length: 2000 }, (_, index) => ({ a: `${index}`, b: [index] }));
  const selves = fc.oneof(
    { weight: 20, arbitrary: json },
    fc.constant<unknown>(large),
    fc.constant<unknown>("a".repeat(20_000)),
  );
  cases("CEL", fc.tuple(expressions, selves, json), 12_000, ([rule, self, old]) => {
    try {
      compileCel(rule);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      return;
    }
    const schema: Schema = {
      "x-kubernetes-preserve-unknown-fields": true,
      "x-kubernetes-validations": [{ rule, messageExpression: rule }],
    };
    for (const { message } of [...checkRules(schema, self, undefined), ...checkRules(schema, self, old)])
      expect(typeof message).toBe("string");
  });
  expectCleanPrototypes();
});

const patterns = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\.", "[a-c]", "aa"),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "*?", "{2}", "{1,3}", "{0,61}", "{2,}", "{1,2}?"))
      .map(([a, many]) => `(${a})${many}`),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(?:${a}|${b})`),
  ),
})).pattern;

/** Short enough that backtracking ends. */
const subject = fc.array(fc.constantFrom("a", "b", "c", "B", "."), { maxLength: 7 }).map((list) => list.join(""));

test("patterns find what JavaScript finds", () => {
  cases(
    "pattern",
    fc.tuple(patterns, subject, fc.boolean(), fc.constantFrom("", "i")),
    10_000,
    ([pattern, text, whole, flag]) => {
      const source = whole ? `^${pattern}$` : pattern;
      const go = flag === "" ? source : `(?i)${source}`;
      try {
        patternOf(go);
      } catch (error) {
        expect(String(error)).toContain("too large");
        return;
      }
      if ((source.match(/[*+}]/g) ?? []).length > 4) return;
      expect(matches(go, text)).toBe(new RegExp(source, flag).test(text));
    },
  );
});

test("no pattern holds up the server", () => {
  cases("long text", fc.tuple(patterns, fc.constantFrom("a", "ab", "abc")), 1000, ([pattern, part]) => {
    const source = `^(?:${pattern})+$`;
    const done = () => tried(() => matches(source, `${part.repeat(20_000 / part.length)}!`));
    try {
      done();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  });
});

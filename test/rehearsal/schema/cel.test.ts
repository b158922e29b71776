import fc from "fast-check";
import { expect, test } from "vitest";

import { compileCel, longestRule } from "../../../src/rehearsal/schema/cel.ts";
import { costLimit, costOf } from "../../../src/rehearsal/schema/cel-cost.ts";
import { celValue, sizesOf } from "../../../src/rehearsal/schema/cel-values.ts";

const evaluate = (rule: string, self: unknown) => compileCel(rule).evaluate({ self: celValue(undefined, self) });

test.each<[string, unknown, unknown]>([
  ["self.find('[0-9]+')", "ab12c3", "12"],
  ["self.findAll('[0-9]+')", "ab12c3", ["12", "3"]],
  ["self.findAll('[0-9]+', 1)", "ab12c3", ["12"]],
  ["self.replace('a', '$&b')", "aa", "$&b$&b"],
  ["self.charAt(1)", "abc", "b"],
  ["'%s is %d'.format([self, 2])", "x", "x is 2"],
  ["self.sum()", [1, 2], 3n],
  ["self.min() + self.max()", [3, 1, 2], 4n],
  ["self.isSorted()", [1, 3, 2], false],
  ["self.indexOf('b')", ["a", "b", "b"], 1n],
  ["self.lastIndexOf('b')", ["a", "b", "b"], 2n],
  ["quantity(self).add(quantity('1Ki')).asInteger()", "1Ki", 2048n],
  ["quantity(self).compareTo(quantity('500m'))", "0.5", 0n],
  ["isQuantity(self)", "1x", false],
  ["isURL(self)", "https://a.example/b", true],
  ["self.?a.orValue('none')", {}, "none"],
])("evaluates %s", (rule, self, expected) => {
  expect(evaluate(rule, self)).toEqual(expected);
});

test.each([
  ["self.a", {}, "no such key: a"],
  ["int(self) > 0", "x", "type conversion error from 'string' to 'int'"],
  ["1 / self", 0, "division by zero"],
  ["self.startsWith('a')", 1, "no such overload"],
  ["self.min()", [], "min or max called on empty list"],
])("words a failure of %s as cel-go", (rule, self, message) => {
  expect(() => evaluate(rule, self)).toThrow(message);
});

test.each(["self.constructor", "self.__proto__", "self['toString']"])("keeps %s out of reach", (rule) => {
  expect(() => evaluate(rule, {})).toThrow("no such key");
});

test.each(["self.(", "unknown", "1 + 'a'", "self.all(x, y)", `'${"x".repeat(longestRule)}' == ''`, "(".repeat(500)])(
  "refuses to compile %#",
  (rule) => {
    expect(() => compileCel(rule)).toThrow();
  },
);

const costly = (rule: string, items: number, text = 10) => costOf(compileCel(rule).ast, { items, text }) > costLimit;

test.each<[string, number, boolean]>([
  ["self.all(x, x > 0)", 100_000, false],
  ["self.all(x, self.all(y, x <= y))", 100, false],
  ["self.all(x, self.all(y, x <= y))", 5_000, true],
  ["cel.bind(a, self + self, cel.bind(b, a + a, b.all(x, b.all(y, x <= y))))", 200, false],
  ["cel.bind(a, self + self, cel.bind(b, a + a, b.all(x, b.all(y, x <= y))))", 1_000, true],
])("reckons what %s costs on %i items", (rule, items, isTooMuch) => {
  expect(costly(rule, items)).toBe(isTooMuch);
});

test("agrees with JavaScript on lists of integers", () => {
  const list = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 8 });
  fc.assert(
    fc.property(list, fc.integer({ min: -50, max: 50 }), (self, n) => {
      expect(evaluate(`self.all(x, x > ${n})`, self)).toBe(self.every((x) => x > n));
      expect(evaluate(`self.exists(x, x == ${n})`, self)).toBe(self.includes(n));
      expect(evaluate(`self.filter(x, x < ${n}).size()`, self)).toBe(BigInt(self.filter((x) => x < n).length));
      expect(evaluate(`self.map(x, x + ${n}).sum() == ${self.reduce((sum, x) => sum + x + n, 0)}`, self)).toBe(true);
    }),
    { seed: 2, numRuns: 200 },
  );
});

test("never fails but with an error of its own", () => {
  const parts = fc.constantFrom(
    "self",
    ".a",
    "[0]",
    "(",
    ")",
    " + ",
    "1",
    "'x'",
    ".all(x, ",
    "has(",
    " ? ",
    " : ",
    "!",
    "&&",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), fc.jsonValue({ maxDepth: 3 }), (words, self) => {
      try {
        const program = compileCel(words.join(""));
        if (costOf(program.ast, sizesOf(self)) <= costLimit) program.evaluate({ self: celValue(undefined, self) });
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect(error).not.toBeInstanceOf(RangeError);
      }
    }),
    { seed: 3, numRuns: 2_000 },
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluate, type Scope } from "../../../src/pipeline/expressions/evaluate.ts";
import { parseExpression } from "../../../src/pipeline/expressions/parse.ts";
import { ExpressionError } from "../../../src/pipeline/expressions/syntax.ts";
import { holds, interpolate, parseCondition, parseTemplate } from "../../../src/pipeline/expressions/template.ts";

const contexts = {
  inputs: { action: "deploy", gpu: true, hours: 4, empty: "" },
  needs: { run: { result: "failure", outputs: { name: "aura-dev" } } },
  list: ["a", "B"],
};
const status = { always: true, success: false, failure: true, cancelled: false };
const scope: Scope = { contexts, status };
const value = (text: string) => evaluate(parseExpression(text), scope);

describe("an expression", () => {
  it.each<[string, unknown]>([
    ["'it''s'", "it's"],
    ["0x1f", 31],
    ["-1.5e2", -150],
    ["true && 'yes' || 'no'", "yes"],
    ["false && 'yes' || 'no'", "no"],
    ["inputs.action == 'DEPLOY'", true],
    ["inputs['action'] != 'destroy'", true],
    ["inputs.gpu == 1", true],
    ["inputs.hours == '4'", true],
    ["inputs.empty == 0", true],
    ["inputs.missing == ''", true],
    ["null == 0", true],
    ["'abc' == 0", false],
    ["NaN == NaN", false],
    ["inputs == inputs", true],
    ["inputs == needs", false],
    ["1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3", true],
    ["'b' > 'A'", true],
    ["!inputs.empty", true],
    ["!(inputs.gpu && false) == true", true],
    ["needs.run.outputs.name", "aura-dev"],
    ["needs.run.outputs.other", null],
    ["list[1]", "B"],
    ["list['1']", null],
    ["contains(list, 'b')", true],
    ["contains('Hello', 'ELL')", true],
    ["startsWith('aura-dev', 'AURA') && endsWith('aura-dev', 'dev')", true],
    ["format('{0}-{1} {{x}}', 'a', 2)", "a-2 {x}"],
    ["join(list, '/')", "a/B"],
    ["join(list)", "a,B"],
    ["fromJSON('[1,2]')[1]", 2],
    ["toJSON('a')", '"a"'],
    ["always() && failure() && !success() && !cancelled()", true],
    ["false || true && false", false],
    ["1 == 1 == true", true],
  ])("%s is worth what GitHub says", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it.each([
    ["", /a value is expected/],
    ["inputs.", /a name is expected/],
    ["(true", /"\)" is missing/],
    ["true false", /nothing is expected at "false"/],
    ['"double"', /cannot be read/],
    ["needs.*.result", /cannot be read/],
    ["1a", /cannot be read/],
    ["a = b", /cannot be read/],
    ["'open", /cannot be read/],
  ])("%j cannot be read", (text, problem) => {
    expect(() => parseExpression(text)).toThrow(problem);
  });

  it.each([
    ["other.x"],
    ["hashFiles('x')"],
    ["toString()"],
    ["format('{1}', 'a')"],
    ["fromJSON('{')"],
    ["constructor.x"],
  ])("%s has no value here", (text) => {
    expect(() => value(text)).toThrow(ExpressionError);
  });

  it("reaches nothing but own properties", () => {
    expect(value("inputs.constructor")).toBe(null);
    expect(value("inputs['__proto__']")).toBe(null);
  });

  it("is read or refused, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab.'!&|=<>()[],1 -"), maxLength: 30 }), (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe("a text", () => {
  it.each([
    ["plain", "plain"],
    ["a ${{ inputs.action }}-${{ inputs.hours }}h", "a deploy-4h"],
    ["${{ inputs.missing }}", ""],
    ["${{ 'a }} b' }}", "a }} b"],
    ["${{ inputs }}", "Object"],
  ])("%s becomes %s", (text, expected) => {
    expect(interpolate(parseTemplate(text), scope)).toBe(expected);
  });

  it("refuses an expression without its end", () => {
    expect(() => parseTemplate("a ${{ inputs.action }")).toThrow(/"}}" is missing/);
  });
});

describe("a condition", () => {
  it.each([
    ["inputs.gpu", false],
    ["${{ inputs.gpu }}", false],
    ["always() && inputs.gpu", true],
    ["failure()", true],
    ["${{ !cancelled() }}", true],
    ["'success()' == 'x' || true", false],
  ])("%s is %s after a failure", (text, expected) => {
    expect(holds(parseCondition(text), scope)).toBe(expected);
  });

  it("is one expression and no text", () => {
    expect(() => parseCondition("${{ always() }} && inputs.gpu")).toThrow(/one expression/);
  });
});

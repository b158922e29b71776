import { describe, expect, it } from "vitest";

import { gotText, pathText, problemText } from "../../src/spec/problems.ts";

describe("a problem's text", () => {
  it.each([
    [[], ""],
    [["name"], "name"],
    [["pools", "gpu", "families", 1], "pools.gpu.families[1]"],
    [["metadata", "annotations", "aura.dev/outputs"], 'metadata.annotations["aura.dev/outputs"]'],
  ])("writes path %j as %s", (path, text) => expect(pathText(path)).toBe(text));

  it.each([
    [undefined, "nothing"],
    [null, "nothing"],
    ["a", '"a"'],
    ["x".repeat(61), `"${"x".repeat(57)}..."`],
    ['say "hi"', '"say \\"hi\\""'],
    [false, "false"],
    [[1], "a list"],
    [[], "an empty list"],
    [{ a: 1 }, "a mapping"],
    [{}, "an empty mapping"],
  ])("quotes %j as %s", (value, text) => expect(gotText(value)).toBe(text));

  it("ends with where the value is from", () => {
    const problem = { path: "a", expected: "b", got: "c" };
    expect(problemText(problem, "f.yaml")).toBe("a  expected b, got c  (f.yaml)");
    expect(problemText({ ...problem, line: 3 }, "f.yaml")).toBe("a  expected b, got c  (f.yaml:3)");
    expect(problemText({ ...problem, origin: "option --a" }, "f.yaml")).toBe("a  expected b, got c  (option --a)");
  });
});

import { describe, expect, it } from "vitest";

import { assignments } from "../../src/pipeline/command-files.ts";

describe("a step's file of values", () => {
  it.each<[string, Record<string, string>]>([
    ["", {}],
    ["a=1\nb=2=3\n\nc=\n", { a: "1", b: "2=3", c: "" }],
    ["a<<END\none\ntwo\nEND\nb=1", { a: "one\ntwo", b: "1" }],
    ["a=1\r\na=2\r\n", { a: "2" }],
  ])("is read from %j", (text, expected) => {
    expect(assignments(text, "GITHUB_OUTPUT")).toEqual(expected);
  });

  it.each([["nothing"], ["a<<END\nno end"], ["a<<\nx"]])("is refused at %j", (text) => {
    expect(() => assignments(text, "GITHUB_OUTPUT")).toThrow("GITHUB_OUTPUT has");
  });
});

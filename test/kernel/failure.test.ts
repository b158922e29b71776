import { expect, test } from "vitest";

import { exitCodeOf, Failure, isInterruption, messageOf } from "../../src/kernel/failure.ts";

test.each([
  [new Failure("SPEC_INVALID", "x"), 2],
  [new Failure("DECLINED", "x"), 3],
  [new Failure("JOB_FAILED", "x"), 4],
  [new Failure("LEFTOVERS", "x"), 5],
  [new Failure("INTERRUPTED", "x"), 130],
  [new Failure("TERMINATED", "x"), 143],
  [new TypeError("x"), 1],
  ["text", 1],
])("%s has its exit code", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("only signals are interruptions", () => {
  expect(isInterruption(new Failure("INTERRUPTED", "x"))).toBe(true);
  expect(isInterruption(new Failure("TIMEOUT", "x"))).toBe(false);
});

test("anything thrown has a message", () => {
  expect([messageOf(new Error("a")), messageOf("b")]).toEqual(["a", "b"]);
});

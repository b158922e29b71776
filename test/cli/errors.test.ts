import { expect, test } from "vitest";

import { errorReport, errorText } from "../../src/cli/errors.ts";
import { ApiError } from "../../src/cluster/api.ts";
import { Failure } from "../../src/kernel/failure.ts";

test("a failure reads as what, where, why, fix", () => {
  const failure = new Failure("SPEC_INVALID", "1 problem in aura.yaml", {
    where: "aura.yaml:3",
    why: "it is wrong",
    fix: "mend it",
    problems: ["pools.gpu: empty"],
  });
  expect(errorText(failure)).toBe(
    [
      "error: 1 problem in aura.yaml",
      "  - pools.gpu: empty",
      "  where  aura.yaml:3",
      "  why    it is wrong",
      "  fix    mend it",
    ].join("\n"),
  );
});

test("what is no failure is a bug with its stack", () => {
  const error = new TypeError("x is not a function");
  expect(errorReport(error)).toEqual({ code: "BUG", message: "x is not a function", why: "this is a bug in aura" });
  expect(errorText(error)).toContain("errors.test.ts");
});

test("the API's errors keep their message", () => {
  expect(errorReport(new ApiError(404, "NotFound", 'pods "a" not found'))).toEqual({
    code: "API_ERROR",
    message: 'pods "a" not found',
  });
});

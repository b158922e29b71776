import fc from "fast-check";
import { expect, test } from "vitest";

import { jsonError } from "../../../src/rehearsal/wire/json-error.ts";

test.each([
  ["not json", "invalid character 'o' in literal null (expecting 'u')"],
  ["", "unexpected end of JSON input"],
  ['{"a":', "unexpected end of JSON input"],
  ['{"a"', "unexpected end of JSON input"],
  ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["{} x", "invalid character 'x' after top-level value"],
  ["<", "invalid character '<' looking for beginning of value"],
])("says what is wrong with %j", (text, message) => {
  expect(jsonError(text)).toBe(message);
});

test("ends on any text, right or wrong", () => {
  const pieces = fc.array(
    fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"', "1", "-", "true", "nul", " ", "\\"),
  );
  fc.assert(
    fc.property(pieces, (parts) => typeof jsonError(parts.join("")) === "string"),
    { seed: 4, numRuns: 3000 },
  );
});

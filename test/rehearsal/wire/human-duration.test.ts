import { expect, test } from "vitest";

import { ageOf, humanDuration } from "../../../src/rehearsal/wire/human-duration.ts";

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

// As the table of apimachinery's TestHumanDuration
test.each([
  [0, "0s"],
  [second, "1s"],
  [70 * second, "70s"],
  [190 * second, "3m10s"],
  [70 * minute, "70m"],
  [47 * hour, "47h"],
  [49 * hour, "2d1h"],
  [8 * day + 2 * hour, "8d"],
  [367 * day, "367d"],
  [2 * 365 * day + 25 * day, "2y25d"],
  [8 * 365 * day + 2 * day, "8y"],
  [-1 * second, "0s"],
  [-2 * second, "<invalid>"],
  [8 * minute, "8m"],
  [5 * hour, "5h"],
])("writes %i ms as %s", (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test("does not know the age of nothing", () => {
  expect([ageOf(undefined, 0), ageOf("1970-01-01T00:00:00Z", 90_000)]).toEqual(["<unknown>", "90s"]);
});

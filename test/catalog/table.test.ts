import { describe, expect, test } from "vitest";

import { lazy, median, tableGroups, tableRows } from "../../src/catalog/table.ts";

describe("table", () => {
  test("splits rows into cells", () => {
    expect(tableRows("\na   1  2\n\n b 3\n")).toEqual([
      ["a", "1", "2"],
      ["b", "3"],
    ]);
  });

  test("groups rows under their heading", () => {
    expect([...tableGroups("kind x\na 1\nb 2\nkind y\nc 3", "kind")]).toEqual([
      [
        "x",
        [
          ["a", "1"],
          ["b", "2"],
        ],
      ],
      ["y", [["c", "3"]]],
    ]);
  });

  test.each([
    [[], undefined],
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 10, 2], 3],
  ])("has median of %j: %s", (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  test("computes a lazy value once", () => {
    let calls = 0;
    const value = lazy(() => ({ call: ++calls }));
    expect(calls).toBe(0);
    expect([value().call, value().call]).toEqual([1, 1]);
  });
});

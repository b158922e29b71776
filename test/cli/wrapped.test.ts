import { expect, it } from "vitest";

import { wrapped } from "../../src/cli/wrapped.ts";

const on = (columns: number, isTTY = true) => ({ write: () => {}, isTTY, columns });
const row = "  ok  idle  $0.3164/h: EKS control plane $0.1000, NAT gateway $0.0450";

it("breaks lines below their last column", () => {
  expect(wrapped(row, on(44)).split("\n")).toEqual([
    "  ok  idle  $0.3164/h: EKS control plane",
    "            $0.1000, NAT gateway $0.0450",
  ]);
  expect(wrapped("error: no credentials were found anywhere", on(32)).split("\n")).toEqual([
    "error: no credentials were found",
    "       anywhere",
  ]);
});

it.each([
  ["fits", row, on(69)],
  ["is to be pasted", "  fix    aws iam create-service-linked-role --aws-service-name spot.amazonaws.com", on(40)],
  ["goes to a file", row, on(40, false)],
  ["has no width", row, on(0)],
  ["is one word", `  why    ${"x".repeat(60)}`, on(40)],
])("leaves alone what %s", (_, text, stream) => {
  expect(wrapped(text, stream)).toBe(text);
});

import { expect, it } from "vitest";

import type { Inventory } from "../../src/aws/sweep/inventory.ts";
import type { Remain } from "../../src/aws/sweep/kind.ts";
import { inventoryText } from "../../src/cli/sweep/sweep-tables.ts";

const now = Date.UTC(2026, 0, 2);
const scope = { cluster: "aura-dev", environment: "dev", account: "123456789012", region: "us-east-1" };
const evidence = ["aura:environment=dev", "managed-by=aura"];
const found = [
  {
    kind: "NAT gateway",
    name: "nat",
    id: "nat-1",
    createdAt: "2026-01-01T23:59:00Z",
    usdPerHour: 0.045,
    why: "billed",
  },
  { kind: "IAM policy", name: "outputs", id: "arn:aws:iam::1:policy/outputs", why: "costs nothing" },
].map((one) => ({ ...one, evidence, fix: "aws" })) as unknown as Remain[];

it("shows what is left in a terminal's width", () => {
  const seen = { checked: ["a", "b"], found, unsure: [], ending: [], unchecked: [] } as unknown as Inventory;
  expect(inventoryText(scope, seen, now)).toBe(`dev in us-east-1: 2 things (2 kinds looked for)
KIND         NAME     AGE          USD/H  WHY
NAT gateway  nat-1    1 min 00 s  0.0450  billed
IAM policy   outputs  -                -  costs nothing
$0.0450 an hour; ids, and what speaks for each: -o json`);
});

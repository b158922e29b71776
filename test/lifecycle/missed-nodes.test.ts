import { expect, it } from "vitest";

import { missedNodes } from "../../src/lifecycle/missed-nodes.ts";
import type { NodeState, TimelineEntry } from "../../src/timeline/entries.ts";

const node = (name: string, state: NodeState, at = 1): TimelineEntry => ({
  ...{ type: "node", name, state, at, wall: at },
  ...{ instanceType: "g5.xlarge", usdPerHour: 1 },
});

it("tells of nodes that went unseen, with what is known of them", () => {
  const known = [node("a", "launched"), node("a", "disrupted", 2), node("b", "ready"), node("c", "requested")];
  expect(missedNodes(known, new Set(["b"]))).toEqual([
    {
      ...{ type: "node", name: "a", state: "gone", reason: "it went while no command watched" },
      ...{ instanceType: "g5.xlarge", usdPerHour: 1 },
    },
    expect.objectContaining({ name: "c", state: "gone" }),
  ]);
});

it("tells of none twice", () => {
  expect(missedNodes([node("a", "ready"), node("a", "gone", 2), node("a", "ready", 1)], new Set())).toEqual([]);
});

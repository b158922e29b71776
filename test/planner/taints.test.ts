import { expect, it } from "vitest";

import { taintText, tolerates, untolerated } from "../../src/planner/taints.ts";
import type { Toleration } from "../../src/planner/types.ts";

const taint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" };

it.each<[Toleration, boolean]>([
  [{ key: "nvidia.com/gpu", operator: "Exists" }, true],
  [{ key: "nvidia.com/gpu", operator: "Equal", value: "true" }, true],
  [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }, true],
  [{ operator: "Exists" }, true],
  [{ key: "nvidia.com/gpu", value: "false" }, false],
  [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoExecute" }, false],
  [{ key: "other", operator: "Exists" }, false],
  [{ value: "true" }, false],
])("%j tolerates the GPU taint: %s", (toleration, expected) => {
  expect(tolerates(toleration, taint)).toBe(expected);
});

it("names the first taint that is not tolerated", () => {
  const soft = { key: "soft", effect: "PreferNoSchedule" };
  const found = untolerated([soft, taint], []);
  expect(found && taintText(found)).toBe("nvidia.com/gpu=true:NoSchedule");
  expect(taintText({ key: "a", effect: "NoExecute" })).toBe("a:NoExecute");
});

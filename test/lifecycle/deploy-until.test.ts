import { expect, test } from "vitest";

import type { StopName } from "../../src/kernel/vocabulary.ts";
import { stepsUntil } from "../../src/lifecycle/deploy.ts";
import type { Step } from "../../src/lifecycle/step.ts";

const step = (name: string): Step => ({
  ...{ name, title: name, phase: "deploy" },
  observe: async () => "absent",
  ensure: async () => {},
  undo: async () => {},
});
const inside = ["pools", "readiness", "buffers"].map(step);
const aws = {
  outside: ["account", "state", "sweep", "terraform", "network-interfaces", "karpenter"].map(step),
  inside,
};
const rehearsal = { outside: [step("cluster")], inside };

const namesUntil = (steps: typeof aws, last: StopName) => {
  const { outside, inside } = stepsUntil(steps, last);
  return [...outside, ...inside].map(({ name }) => name).join(" ");
};

test.each<[StopName, string, string]>([
  ["account", "account", ""],
  ["state", "account state", ""],
  ["terraform", "account state sweep terraform", "cluster"],
  ["karpenter", "account state sweep terraform network-interfaces karpenter", "cluster"],
  ["pools", "account state sweep terraform network-interfaces karpenter pools", "cluster pools"],
])("until %s a deploy takes these steps", (last, onAws, rehearsed) => {
  expect(namesUntil(aws, last)).toBe(onAws);
  expect(namesUntil(rehearsal, last)).toBe(rehearsed);
});

import { expect, it } from "vitest";

import { provision } from "../../src/planner/provision.ts";
import type { PlanPod, ProvisionInput, Requirement } from "../../src/planner/types.ts";
import { cpuPool, input, pod } from "./catalog.ts";

const zoneKey = "topology.kubernetes.io/zone";
const one = (more: Partial<PlanPod>) => [pod("a", undefined, more)];
const requires = (...list: Requirement[]) => ({ alternatives: [list] });
const zone = (...values: string[]): Requirement => ({ key: zoneKey, operator: "In", values });
const uneven = {
  spread: [{ topologyKey: zoneKey, maxSkew: 0, whenUnsatisfiable: "DoNotSchedule" as const, selector: {} }],
};

it.each<[string, Partial<ProvisionInput>, string]>([
  [
    "an unknown operator",
    { pods: one(requires({ key: "k", operator: "Near" as "In", values: [] })) },
    "pods[default/a].alternatives[0][0].operator: Near is none of",
  ],
  ["a negative amount", { pods: [pod("a", { cpu: -1 })] }, "pods[default/a].requests.cpu: must be an amount, is -1"],
  [
    "an amount that is no number",
    { pods: [pod("a", { cpu: Number.NaN })] },
    "pods[default/a].requests.cpu: must be an amount",
  ],
  [
    "a bound that is no number",
    { pools: [cpuPool({ requirements: [{ key: "k", operator: "Gt", values: ["many"] }] })] },
    "pools[cpu].requirements[0].values: Gt takes one whole number, has many",
  ],
  [
    "In without values",
    { pools: [cpuPool({ requirements: [{ key: "k", operator: "In", values: [] }] })] },
    "pools[cpu].requirements[0].values",
  ],
  [
    "a contradiction in a pool",
    { pools: [cpuPool({ requirements: [zone("a"), zone("b")] })] },
    `pools[cpu].requirements: nothing satisfies all that is required of ${zoneKey}`,
  ],
  ["a negative limit", { pools: [cpuPool({ limits: { cpu: -1 } })] }, "pools[cpu].limits.cpu"],
  ["a skew of nought", { pods: one(uneven) }, "maxSkew: must be at least 1, is 0"],
])("refuses %s", (_, more, expected) => {
  expect(() => provision(input(more))).toThrow(
    expect.objectContaining({ code: "SPEC_INVALID", message: expect.stringContaining(expected) }),
  );
});

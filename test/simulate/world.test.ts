import { describe, expect, it } from "vitest";

import { catalogModel } from "../../src/simulate/world/offers.ts";
import { worldOf } from "../../src/simulate/world/world-of.ts";
import type { WorldOptions } from "../../src/simulate/world/world-options.ts";
import { type TestJob, traceOf } from "./traces.ts";

function world(jobs: readonly TestJob[], options: Partial<WorldOptions> = {}) {
  return worldOf({ trace: traceOf(jobs), region: "us-east-1", ...options });
}

function typesOf(jobs: readonly TestJob[], options: Partial<WorldOptions> = {}): readonly string[] {
  return world(jobs, options).pools.map(({ offer }) => offer.instanceType.name);
}

const job = { submit: 0, duration: 60 };

describe("the nodes of a job", () => {
  it("are the cheapest that fit", () => {
    expect(typesOf([job])).toEqual(["g4dn.xlarge"]);
    expect(typesOf([{ ...job, cpus: 6, memoryGib: 12 }])).toEqual(["g4dn.2xlarge"]);
    expect(typesOf([{ ...job, gpus: 8 }])).toEqual(["g4dn.metal"]);
    expect(world([{ ...job, gpus: 0, cpus: 6 }]).pools[0]?.offer.instanceType.gpu).toBeUndefined();
  });

  it("have the GPU that was asked for", () => {
    expect(
      typesOf([
        { ...job, gpuType: "V100M32" },
        { ...job, gpuType: "T4" },
      ]),
    ).toEqual(["p3dn.24xlarge", "g4dn.xlarge"]);
    expect(typesOf([{ ...job, gpuType: "P100|A10" }])).toEqual(["g5.xlarge"]);
    expect(typesOf([{ ...job, gpuType: "T4" }], { gpu: "l40s" })).toEqual(["g6e.xlarge"]);
  });

  it("are a gang where one is too small", () => {
    const { jobs, pools, notes } = world([{ ...job, gpus: 20 }]);
    expect(jobs.nodes[0]).toBe(3);
    expect(pools[0]?.gpus).toBe(7);
    expect(notes).toEqual(["1 job with more GPUs on a node than any machine has: taken for gangs"]);
  });

  it("may be any where EC2 has none", () => {
    const { pools, notes } = world([{ ...job, gpuType: "P100" }]);
    expect(pools).toHaveLength(1);
    expect(notes).toEqual(["EC2 has no P100: jobs that ask for nothing else take any GPU"]);
  });

  it("are offered with spot and other zones", () => {
    const offers = world([job]).pools[0]?.offers ?? [];
    expect(new Set(offers.map(({ capacityType }) => capacityType)).size).toBe(2);
    expect(new Set(offers.map(({ zone }) => zone)).size).toBe(3);
    expect(offers.every(({ instanceType }) => (instanceType.gpu?.count ?? 0) >= 1)).toBe(true);
  });

  it("take a measured time to launch", () => {
    const { launchSeconds } = world([job]).pools[0]?.costs ?? { launchSeconds: 0 };
    expect(launchSeconds).toBeGreaterThan(150);
    expect(launchSeconds).toBeLessThan(260);
  });
});

describe("a job that fits nowhere", () => {
  const cases: readonly [title: string, jobs: TestJob, reason: string][] = [
    ["wants a billion GPUs", { ...job, gpus: 1e9 }, "it needs 125000000 nodes at once, more than 10000"],
    ["wants a billion nodes", { ...job, gpus: 1e9, nodes: 1e9 }, "it needs 1000000000 nodes at once, more than 10000"],
    ["wants less than nothing", { ...job, gpus: -1 }, "its GPUs are not a number from 0 on"],
    ["has no duration", { ...job, duration: Number.NaN }, "its duration is not a time from 0 on"],
    ["came before time", { ...job, submit: -5 }, "its submission is not a time from 0 on"],
    ["wants all memory", { ...job, memoryGib: 1e6 }, "us-east-1 sells no instance type with 1 GPU, 1000000 GiB"],
  ];

  it.each(cases)("is named when it %s", (_, hostile, reason) => {
    const { neverFits, order } = world([job, hostile, job, hostile]);
    expect(neverFits).toEqual([{ reason, jobs: 2, firstRow: 1 }]);
    expect([...order]).toEqual([0, 2]);
  });
});

describe("options that make no sense", () => {
  const cases: readonly [name: string, options: Partial<WorldOptions>, message: string][] = [
    ["region", { region: "us-east-9" }, "there are no prices for the region us-east-9"],
    ["gpu", { gpu: "a11g" }, "no instance type has a GPU called a11g"],
    ["launch", { launchSeconds: Number.NaN }, "launchSeconds is NaN"],
    ["weight", { waitingWeight: -1 }, "waitingWeight is -1"],
  ];

  it.each(cases)("fail by name: %s", (_, options, message) => {
    expect(() => world([job], options)).toThrow(message);
  });
});

describe("names of GPUs in traces", () => {
  it.each([
    ["V100M16", "v100/16"],
    ["v100", "v100"],
    ["A100-SXM4-80GB", "a100/80"],
    ["Tesla T4", "t4"],
    ["NVIDIA A10", "a10g"],
    ["H100", "h100"],
    ["P100", undefined],
    ["G2", undefined],
    ["", undefined],
  ])("%s is %s", (name, model) => {
    expect(catalogModel(name)).toBe(model);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { estimatedImageMib, imagePullMs, imagePullSource, imageSizeSource } from "../../src/catalog/image-pull.ts";
import type { InstanceType } from "../../src/catalog/instance-type.ts";
import { instanceType, instanceTypes } from "../../src/catalog/instance-types.ts";
import { launchLatency, terminateMs } from "../../src/catalog/latency.ts";
import { seededRandom } from "../../src/kernel/random.ts";

function typeOf(name: string): InstanceType {
  const type = instanceType(name);
  if (type === undefined) throw new Error(`no ${name} in the catalog`);
  return type;
}

function totalsMs(name: string): number[] {
  const random = seededRandom(7);
  return Array.from({ length: 400 }, () => {
    const { launchMs, registerMs, initializeMs } = launchLatency(typeOf(name), random);
    return launchMs + registerMs + initializeMs;
  }).toSorted((a, b) => a - b);
}

describe("launch latency", () => {
  test.each([
    ["m7i.large", 60],
    ["g5.xlarge", 120],
    ["p4d.24xlarge", 120],
    ["p5.4xlarge", 120],
    ["p5.48xlarge", 238],
    ["c5.metal", 286],
    ["g4dn.metal", 286],
  ])("of %s is about %d s", (name, seconds) => {
    const middle = totalsMs(name)[200] ?? 0;
    expect(Math.abs(middle / 1000 - seconds)).toBeLessThan(seconds * 0.05);
  });

  test("of a GPU node stays within 60 to 180 s", () => {
    const totals = totalsMs("g6.12xlarge");
    expect(totals[0]).toBeGreaterThanOrEqual(60_000);
    expect(totals.at(-1)).toBeLessThanOrEqual(180_000);
    expect((totals.at(-1) ?? 0) - (totals[0] ?? 0)).toBeGreaterThan(20_000);
  });

  test("repeats with its seed", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...instanceTypes()), (seed, type) => {
        const first = launchLatency(type, seededRandom(seed));
        expect(launchLatency(type, seededRandom(seed))).toEqual(first);
        for (const ms of [
          first.launchMs,
          first.registerMs,
          first.initializeMs,
          terminateMs(type, seededRandom(seed)),
        ]) {
          expect(Number.isInteger(ms) && ms > 1000).toBe(true);
        }
      }),
    );
  });

  test("says that it is an estimate", () => {
    for (const name of ["m5.large", "g5.xlarge", "p5.48xlarge", "m5.metal"]) {
      expect(launchLatency(typeOf(name), seededRandom(1)).source).toMatchObject({ estimate: true });
    }
  });
});

describe("termination", () => {
  test("takes longest on bare metal", () => {
    const ms = ["m5.large", "g5.xlarge", "p5.48xlarge", "m5.metal"].map((name) =>
      terminateMs(typeOf(name), seededRandom(3)),
    );
    expect(ms).toEqual(ms.toSorted((a, b) => a - b));
    expect(new Set(ms).size).toBe(4);
  });
});

describe("image pull", () => {
  const type = typeOf("g5.2xlarge");

  test("takes the measured 112.3 s for vLLM", () => {
    const imageMib = 10.78e9 / 2 ** 20;
    expect(imagePullMs({ imageMib, type, cached: false })).toBe(112_300);
    expect(imagePullSource.estimate).toBe(false);
  });

  test("takes nothing when cached", () => {
    expect(imagePullMs({ imageMib: 10_000, type, cached: true })).toBe(0);
  });

  test("grows with the image", () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 20_000 }), (imageMib, more) => {
        const pull = (mib: number) => imagePullMs({ imageMib: mib, type, cached: false });
        expect(pull(imageMib + more)).toBeGreaterThan(pull(imageMib));
        expect(pull(imageMib)).toBeGreaterThan(1000);
      }),
    );
  });

  test("is slower on a single core", () => {
    const pull = (name: string) => imagePullMs({ imageMib: 1000, type: typeOf(name), cached: false });
    expect(pull("c7g.medium")).toBeGreaterThan(pull("c7g.large") * 1.5);
  });
});

describe("image size", () => {
  test.each([
    ["registry.k8s.io/pause:3.10", 1],
    ["busybox", 4],
    ["docker.io/library/busybox:1.37", 4],
    ["alpine:3.22", 4],
    ["python:3.12-slim", 50],
    ["public.ecr.aws/docker/library/python:3.12", 380],
    ["python:3.12-alpine", 30],
    ["node:22-bookworm-slim", 75],
    ["nvidia/cuda:12.8.0-base-ubuntu24.04", 150],
    ["nvcr.io/nvidia/cuda:12.8.0-cudnn-runtime-ubuntu24.04", 1536],
    ["nvidia/cuda:12.8.0-devel-ubuntu24.04@sha256:0123abcd", 3584],
    ["pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime", 8192],
    ["vllm/vllm-openai:v0.24.0", 10240],
    ["example.com/team/trainer:1", 200],
    ["example.com/nodeport-checker:1", 200],
  ])("of %s is %d MiB", (image, mib) => {
    expect(estimatedImageMib(image)).toBe(mib);
  });

  test("says that it is an estimate", () => {
    expect(imageSizeSource.estimate).toBe(true);
  });
});

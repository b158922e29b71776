import fc from "fast-check";

import type { Observation, TimelineEntry } from "../../src/timeline/entries.ts";
import { at } from "./sample.ts";

type Node = Extract<Observation, { type: "node" }>;
type Pod = Extract<Observation, { type: "pod" }>;
type Phase = Extract<Observation, { type: "phase" }>;

const nodeStates: readonly Node["state"][] = ["requested", "launched", "registered", "ready", "disrupted", "gone"];
const podStates: readonly Pod["state"][] = ["created", "scheduled", "pulling", "running"];

/** Seconds at which a life reaches its first states, in order; how many it reaches is part of the draw. */
function moments(most: number): fc.Arbitrary<number[]> {
  return fc
    .tuple(fc.nat(2000), fc.array(fc.nat(400), { minLength: 1, maxLength: most }))
    .map(([first, gaps]) => gaps.map((_, index) => first + gaps.slice(0, index).reduce((a, b) => a + b, 0)));
}

function nodeLife(index: number): fc.Arbitrary<TimelineEntry[]> {
  return fc
    .record({
      moments: moments(nodeStates.length),
      usdPerHour: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
      onDemandUsdPerHour: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
      capacityType: fc.constantFrom("spot" as const, "on-demand" as const),
      priceEstimated: fc.boolean(),
    })
    .map(({ moments: seconds, usdPerHour, onDemandUsdPerHour, ...offer }) =>
      seconds.flatMap((second, state) =>
        at(second, {
          type: "node",
          name: `node-${index}`,
          node: `ip-${index}`,
          state: nodeStates[state] ?? "gone",
          ...offer,
          ...(usdPerHour !== undefined && { usdPerHour }),
          ...(onDemandUsdPerHour !== undefined && { onDemandUsdPerHour }),
        }),
      ),
    );
}

function podLife(index: number): fc.Arbitrary<TimelineEntry[]> {
  return fc
    .record({
      moments: moments(podStates.length + 1),
      node: fc.nat(5),
      end: fc.constantFrom("succeeded" as const, "failed" as const, "gone" as const),
      job: fc.option(fc.nat(2), { nil: undefined }),
    })
    .map(({ moments: seconds, node, end, job }) =>
      seconds.map((second, state) =>
        at(second, {
          type: "pod",
          namespace: "default",
          name: `pod-${index}`,
          uid: `uid-${index}`,
          state: podStates[state] ?? end,
          requests: { cpuMillis: 100, memoryMib: 64, gpus: 0 },
          ...(job !== undefined && { job: `job-${job}` }),
          ...(state > 0 && { node: `ip-${node}` }),
        }),
      ),
    );
}

const jobLife = fc
  .tuple(fc.nat(2), fc.nat(500), fc.nat(2000), fc.constantFrom("succeeded", "failed", "timed-out", undefined))
  .map(([index, from, length, end]): TimelineEntry[] => {
    const job = { type: "job", namespace: "default", name: `job-${index}`, gpus: 0 } as const;
    const ending = end === undefined ? [] : [at(from + length, { ...job, state: end as "succeeded" })];
    return [at(from, { ...job, state: "submitted" }), ...ending];
  });

const chargeLife = fc
  .tuple(
    fc.nat(3),
    fc.double({ min: 0, max: 10, noNaN: true }),
    fc.nat(100),
    fc.option(fc.nat(3000), { nil: undefined }),
  )
  .map(([index, usdPerHour, from, length]): TimelineEntry[] => {
    const charge = { type: "charge", name: `charge-${index}`, usdPerHour, source: "a test" } as const;
    const ending = length === undefined ? [] : [at(from + length, { ...charge, state: "ended" })];
    return [at(from, { ...charge, state: "started" }), ...ending];
  });

const phaseLife = fc
  .tuple(
    fc.constantFrom<Phase["phase"]>("deploy", "run", "collect", "destroy"),
    fc.nat(3000),
    fc.nat(600),
    fc.constantFrom<Phase["state"] | undefined>("succeeded", "failed", "interrupted", undefined),
    fc.option(fc.nat(900), { nil: undefined }),
  )
  .map(([phase, from, length, end, seconds]): TimelineEntry[] => [
    at(from, { type: "phase", phase, state: "started" }),
    ...(end === undefined ? [] : [at(from + length, { type: "phase", phase, state: end })]),
    ...(seconds === undefined
      ? []
      : [at(from, { type: "estimate", phase, name: "a step", seconds, source: "a test" })]),
  ]);

/** Any timeline: lives of nodes, pods, jobs, charges and phases that may break off anywhere, in the order told. */
export const anyTimeline: fc.Arbitrary<TimelineEntry[]> = fc
  .tuple(
    fc.nat(6).chain((number) => fc.tuple(...Array.from({ length: number }, (_, index) => nodeLife(index)))),
    fc.nat(8).chain((number) => fc.tuple(...Array.from({ length: number }, (_, index) => podLife(index)))),
    fc.array(jobLife, { maxLength: 3 }),
    fc.array(chargeLife, { maxLength: 4 }),
    fc.array(phaseLife, { maxLength: 4 }),
  )
  .map((lives) => lives.flat(2));

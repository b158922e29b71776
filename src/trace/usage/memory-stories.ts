import { between, pick } from "../draws.ts";
import type { Draft } from "./draft.ts";
import { singleGpuMachines } from "./machines.ts";
import { hold, work } from "./phases.ts";
import { begin, end, faulty, healthy, type Stage, type Story, startUp } from "./stories.ts";

/** A small model on a large GPU that it keeps busy. */
export const oversizedMemory: Story = (stage) => oversized(stage, [0.65, 0.92]);

/** As that, and half the SMs would do as well. */
export const fitsSmallerGpu: Story = (stage) => oversized(stage, [0.48, 0.62]);

/** Needs little memory for hours, and most of it for minutes: a smaller GPU would end it. */
export const peakyMemory: Story = (stage) => {
  const { random } = stage;
  const draft = steady(stage, [0.6, 0.92], between(random, 0.2, 0.4));
  const peak = between(random, 0.6, 0.95);
  for (let at = between(random, 600, 10_800); at < draft.seconds; at += between(random, 10_800, 32_400)) {
    hold(draft, [at, at + between(random, 120, 600)], peak);
  }
  return healthy(end(stage, draft, { kind: "job" }));
};

function oversized(stage: Stage, level: readonly [number, number]) {
  const draft = steady(stage, level, undefined);
  const { usdPerGpuHour, smaller } = draft.machine;
  const share = smaller === undefined ? 0 : 1 - smaller.usdPerGpuHour / usdPerGpuHour;
  return faulty(end(stage, draft, { kind: "job" }), { label: "WASTE-MEM", since: 0, share });
}

/** A day and more of work with this share of memory; unless told, one that the smaller GPU has with room to spare. */
function steady(stage: Stage, level: readonly [number, number], memory: number | undefined): Draft {
  const { random } = stage;
  const draft = begin(stage, [26, 40], pick(random, machinesWithSmaller));
  const { memoryMib, smaller = draft.machine } = draft.machine;
  const most = Math.min(0.42, (0.85 * smaller.memoryMib) / memoryMib);
  const ready = startUp(draft, memory ?? between(random, 0.08, most));
  work(draft, [ready, draft.seconds], { level: between(random, ...level), deviation: 0.05 });
  return draft;
}

const machinesWithSmaller = singleGpuMachines.filter(
  ({ smaller }) => smaller !== undefined,
) as unknown as typeof singleGpuMachines;

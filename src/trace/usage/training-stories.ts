import { between, chance, logNormal, pick } from "../draws.ts";
import type { Draft } from "./draft.ts";
import { multiGpuMachines } from "./machines.ts";
import { load, pause, type Span, work } from "./phases.ts";
import { anyMachine, begin, end, healthy, type Story, startUp } from "./stories.ts";

/** Steady training with checkpoints, each a pause of under two minutes with writes. */
export const steadyTraining: Story = (stage) => {
  const draft = begin(stage, [3, 30], anyMachine(stage.random));
  const ready = startUp(draft, between(stage.random, 0.55, 0.95));
  train(draft, [ready, draft.seconds]);
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Keeps about half of the SMs busy: not much, and more than a smaller GPU or a share would do. */
export const modestTraining: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [3, 24], anyMachine(random));
  const ready = startUp(draft, between(random, 0.55, 0.95));
  work(draft, [ready, draft.seconds], { level: between(random, 0.48, 0.62), deviation: between(random, 0.03, 0.08) });
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Evaluates after every one to three hours of work for 3 to 20 minutes; up to 12 where nothing is read or written meanwhile. */
export const evaluationPauses: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [5, 30], anyMachine(random));
  const ready = startUp(draft, between(random, 0.55, 0.95));
  train(draft, [ready, draft.seconds]);
  const [every, io, usual] = [between(random, 3600, 10_800), chance(random, 0.8), between(random, 180, 900)];
  for (let at = ready + every; at < draft.seconds; at += every) {
    const length = Math.min(io ? 1200 : 720, logNormal(random, usual, 0.25));
    pause(draft, [at, at + length], { io });
    // rank 0 alone evaluates
    if (draft.devices.length > 1 && chance(random, 0.4)) {
      work(draft, [at, at + length], { level: 0.8, deviation: 0.05, devices: [0] });
    }
  }
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Simulation or preparation on the CPU and training on the GPU take turns of 2 to 9 minutes. */
export const burstyTraining: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [3, 20], anyMachine(random));
  const level = between(random, 0.7, 0.95);
  for (let at = startUp(draft, between(random, 0.5, 0.9)); at < draft.seconds; ) {
    const [busy, rest] = [between(random, 120, 540), between(random, 120, 540)];
    work(draft, [at, at + busy], { level, deviation: 0.06 });
    pause(draft, [at + busy, at + busy + rest], { io: chance(random, 0.5) });
    at += busy + rest;
  }
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Its container starts anew once or twice and loads again. */
export const restartedTraining: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [4, 20], anyMachine(random));
  const share = between(random, 0.55, 0.95);
  train(draft, [startUp(draft, share), draft.seconds]);
  for (let restarts = 1 + random.integer(2); restarts > 0; restarts -= 1) {
    const at = between(random, 0.2, 0.8) * draft.seconds;
    load(draft, [at, at + between(random, 60, 480)], share);
  }
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Ends soon after it loaded: most of the series is start-up. */
export const shortTraining: Story = (stage) => {
  const draft = begin(stage, [0.3, 1], anyMachine(stage.random));
  train(draft, [startUp(draft, between(stage.random, 0.5, 0.95)), draft.seconds]);
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Training of which a tenth to more than half of the samples are missing. */
export const missingSamples: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [5, 30], anyMachine(random));
  train(draft, [startUp(draft, between(random, 0.55, 0.95)), draft.seconds]);
  return healthy(end(stage, draft, { kind: "job", missing: between(random, 0.1, 0.6) }));
};

/** Stages of a pipeline: some GPUs have up to a fifth less to do. */
export const unevenTraining: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [3, 20], pick(random, multiGpuMachines));
  const ready = startUp(draft, between(random, 0.55, 0.95));
  const most = between(random, 0.75, 0.95);
  draft.devices.forEach((_, device) => {
    const level = most - between(random, 0, 0.2);
    work(draft, [ready, draft.seconds], { level, deviation: 0.04, devices: [device] });
  });
  return healthy(end(stage, draft, { kind: "job" }));
};

/** Healthy training over a span, with checkpoints every 15 to 60 minutes in four of five jobs. */
export function train(draft: Draft, [from, to]: Span): void {
  const { random } = draft;
  work(draft, [from, to], { level: between(random, 0.6, 0.97), deviation: between(random, 0.02, 0.09) });
  if (!chance(random, 0.8)) return;
  const every = between(random, 900, 3600);
  for (let at = from + every; at < to; at += every) {
    pause(draft, [at, at + between(random, 15, 120)], { io: true });
    draft.checkpointSeconds.push(Math.round(at));
  }
}

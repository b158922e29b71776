import { between, chance, pick } from "../draws.ts";
import type { Draft } from "./draft.ts";
import { multiGpuMachines } from "./machines.ts";
import { hold, load, quiet, spin, work } from "./phases.ts";
import { anyMachine, begin, end, faulty, type Story, startUp } from "./stories.ts";
import { train } from "./training-stories.ts";

/** The data loader does not keep up: the GPU works in short bites, a fiftieth of the samples from a warm cache. */
export const dataStarved: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [3, 24], anyMachine(random));
  const ready = startUp(draft, between(random, 0.5, 0.95));
  const level = between(random, 0.05, 0.24);
  const io = between(random, 2e7, 1.2e8);
  work(draft, [ready, draft.seconds], { level, deviation: 0.2 * level, io });
  for (let at = ready; at < draft.seconds; at += draft.stepSeconds) {
    if (!chance(random, 0.02)) continue;
    work(draft, [at, at + draft.stepSeconds], { level: between(random, 0.3, 0.7), deviation: 0.02, io });
  }
  return faulty(end(stage, draft, { kind: "job" }), { label: "LOW", since: ready, share: 1 - enough(level) });
};

/** A small model in kernels that fill few SMs: `nvidia-smi` says 95 %, the SMs are a fifth in use. */
export const tinyKernels: Story = (stage) => {
  const { random } = stage;
  const made = begin(stage, [3, 24], anyMachine(random));
  const occupancy = between(random, 0.06, 0.24);
  const draft = { ...made, devices: made.devices.map((device) => ({ ...device, occupancy })) };
  const ready = startUp(draft, between(random, 0.5, 0.9));
  work(draft, [ready, draft.seconds], { level: between(random, 0.85, 0.98), deviation: 0.03 });
  const usage = end(stage, draft, { kind: "job", mayLackProfiling: false });
  return faulty(usage, { label: "LOW", since: ready, share: 1 - enough(occupancy) });
};

/** Trained well, then hung: the process lives, nothing is read or written. */
export const stalled: Story = (stage) => {
  const draft = begin(stage, [3, 24], anyMachine(stage.random));
  const since = trainUntilFault(draft);
  quiet(draft, [since, draft.seconds], 200);
  return faulty(end(stage, draft, { kind: "job" }), { label: "STALLED", since });
};

/** One rank is lost and the others spin in a collective: the engine reads 100 %, the SMs next to nothing. */
export const hungCollective: Story = (stage) => {
  const draft = begin(stage, [3, 24], pick(stage.random, multiGpuMachines));
  const since = trainUntilFault(draft);
  spin(draft, [since, draft.seconds]);
  return faulty(end(stage, draft, { kind: "job", mayLackProfiling: false }), { label: "STALLED", since });
};

/** A pod that sleeps, or waits forever for peers after it loaded: never computed. */
export const sleepingJob: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [1, 24], anyMachine(random));
  const loaded = chance(random, 0.5) ? between(random, 60, 480) : 0;
  const memory = loaded > 0 ? between(random, 0.1, 0.9) : 0.02;
  quiet(draft, [0, draft.seconds], 12);
  load(draft, [0, loaded], memory);
  hold(draft, [loaded, draft.seconds], memory);
  return faulty(end(stage, draft, { kind: "job" }), { label: "DEAD", since: loaded });
};

/** Some of the GPUs have next to nothing to do, from the start or from a fault on. */
export const unbalanced: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [3, 24], pick(random, multiGpuMachines));
  const ready = startUp(draft, between(random, 0.5, 0.9));
  const since = chance(random, 0.3) ? between(random, 0.2, 0.6) * draft.seconds : ready;
  train(draft, [ready, since]);
  const idle = 1 + random.integer(draft.devices.length - 1);
  const levels = draft.devices.map((_, index) => (index < idle ? between(random, 0, 0.2) : between(random, 0.8, 0.95)));
  levels.forEach((level, device) => {
    work(draft, [since, draft.seconds], { level, deviation: 0.15 * Math.min(level, 0.3), devices: [device] });
  });
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const usage = end(stage, draft, { kind: "job" });
  return faulty(usage, { label: "UNBALANCED", since, share: 1 - mean / Math.max(...levels) });
};

/** The smallest of the usual shares that leaves a fifth of headroom. */
function enough(need: number): number {
  return [1 / 8, 1 / 4, 1 / 2].find((share) => share >= 1.2 * need) ?? 1;
}

/** The fault comes after at least 20 minutes of work and leaves at least a quarter of the series. */
function trainUntilFault(draft: Draft): number {
  const ready = startUp(draft, between(draft.random, 0.5, 0.95));
  const since = between(draft.random, ready + 1200, 0.75 * draft.seconds);
  train(draft, [ready, since]);
  return since;
}

import { between, chance, exponential, logNormal, poisson } from "../draws.ts";
import type { Draft, DraftDevice } from "./draft.ts";

/** From and to a second of the series; what lies outside of it is left out. */
export type Span = readonly [fromSeconds: number, toSeconds: number];

export interface Work {
  /** Mean engine activity, 0 to 1, and its deviation from sample to sample. */
  readonly level: number;
  readonly deviation: number;
  /** Only these devices; all unless told. */
  readonly devices?: readonly number[];
  /** Median bytes per second of data read; 5 MB unless told. */
  readonly io?: number;
}

/** Weights or data are loaded: the GPU mostly waits, memory fills, the disk and the network are busy. */
export function load(draft: Draft, span: Span, memoryShare: number): void {
  const [from, to] = bounds(draft, span);
  const peak = draft.machine.memoryMib * memoryShare;
  for (let i = from; i < to; i += 1) {
    draft.io[i] = logNormal(draft.random, 1.5e8, 0.8);
    for (const device of draft.devices) {
      activate(draft, device, i, chance(draft.random, 0.15) ? between(draft.random, 0, 0.05) : 0);
      device.memory[i] = 500 + peak * ((i - from) / Math.max(1, to - from)) ** 2;
    }
  }
}

/** Work at a level, with noise that has a memory (an AR(1) process, 0.7 from sample to sample). */
export function work(draft: Draft, span: Span, { level, deviation, devices, io = 5e6 }: Work): void {
  const [from, to] = bounds(draft, span);
  const { random } = draft;
  let common = 0;
  for (let i = from; i < to; i += 1) {
    common = 0.7 * common + random.normal(0, 0.714 * deviation);
    draft.io[i] = logNormal(random, io, 0.6);
    draft.devices.forEach((device, index) => {
      if (devices !== undefined && !devices.includes(index)) return;
      activate(draft, device, i, level + common + random.normal(0, deviation / 4));
    });
  }
}

/** Evaluation, checkpointing, work of the CPU: the GPU rests, with or without traffic on disk and network. */
export function pause(draft: Draft, span: Span, { io }: { readonly io: boolean }): void {
  const [from, to] = bounds(draft, span);
  for (let i = from; i < to; i += 1) {
    draft.io[i] = io ? logNormal(draft.random, 2e7, 1) : heartbeat(draft);
    for (const device of draft.devices) {
      activate(draft, device, i, chance(draft.random, 0.05) ? between(draft.random, 0, 0.04) : 0);
    }
  }
}

/** Nothing happens: heartbeats of a few hundred bytes, and a kernel now and then that does nothing useful. */
export function quiet(draft: Draft, span: Span, spikeHours = 5): void {
  const [from, to] = bounds(draft, span);
  for (let i = from; i < to; i += 1) {
    draft.io[i] = heartbeat(draft);
    for (const device of draft.devices) activate(draft, device, i, 0);
  }
  const { random, stepSeconds } = draft;
  for (let at = from; ; ) {
    at += Math.ceil(exponential(random, (spikeHours * 3600) / stepSeconds));
    if (at >= to) return;
    for (const device of draft.devices) activate(draft, device, at, between(random, 0.005, 0.25));
  }
}

/** A collective that never completes: its kernel spins on a few SMs, so that the engine looks busy and nothing is moved. */
export function spin(draft: Draft, span: Span): void {
  const [from, to] = bounds(draft, span);
  const { random } = draft;
  for (let i = from; i < to; i += 1) {
    draft.io[i] = heartbeat(draft);
    for (const device of draft.devices) {
      device.engine[i] = between(random, 0.99, 1);
      device.sm[i] = between(random, 0.02, 0.08);
      device.dram[i] = between(random, 0, 0.004);
    }
  }
}

/** Requests of a Poisson process with a daily swing, each with its share of the engine. */
export function serve(draft: Draft, span: Span, perSecond: number, secondsEach: number): void {
  const [from, to] = bounds(draft, span);
  const { random, stepSeconds } = draft;
  for (let i = from; i < to; i += 1) {
    const swing = 1 + 0.5 * Math.sin((2 * Math.PI * i * stepSeconds) / 86_400);
    const requests = poisson(random, perSecond * stepSeconds * swing);
    draft.requests[i] = requests / stepSeconds;
    draft.io[i] = requests * logNormal(random, 4000, 0.5) + heartbeat(draft);
    const busy = 1 - Math.exp((-requests * secondsEach) / stepSeconds);
    for (const device of draft.devices) activate(draft, device, i, busy * between(random, 0.85, 1.1));
  }
}

/** Memory in use from then on, as a share, with the small waves of an allocator that keeps what it has. */
export function hold(draft: Draft, span: Span, memoryShare: number, wave = 0.01): void {
  const [from, to] = bounds(draft, span);
  for (const { memory } of draft.devices) {
    const own = memoryShare * between(draft.random, 0.97, 1.03);
    for (let i = from; i < to; i += 1) {
      memory[i] = Math.min(0.995, own * (1 - wave * draft.random.next())) * draft.machine.memoryMib;
    }
  }
}

function activate({ random }: Draft, device: DraftDevice, i: number, engine: number): void {
  const active = Math.min(1, Math.max(0, engine));
  const sm = Math.min(1, active * device.occupancy * between(random, 0.95, 1.05));
  device.engine[i] = active;
  device.sm[i] = sm;
  device.dram[i] = Math.min(0.85, sm * device.bandwidth * between(random, 0.9, 1.1));
}

const heartbeat = ({ random }: Draft) => logNormal(random, 400, 0.7);

function bounds({ samples, stepSeconds }: Draft, [from, to]: Span): Span {
  return [Math.max(0, Math.round(from / stepSeconds)), Math.min(samples, Math.round(to / stepSeconds))];
}

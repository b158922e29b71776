import { runToEnd } from "./engine/simulation.ts";
import { State } from "./engine/state.ts";
import { type Optimum, optimumOf } from "./optimum.ts";
import type { MakePolicy, RunOptions, SimulatedPolicy } from "./options.ts";
import type { Simulated } from "./result.ts";
import { summarizeRun } from "./summarize-run.ts";
import type { World } from "./world/world.ts";
import { worldOf } from "./world/world-of.ts";
import type { WorldOptions } from "./world/world-options.ts";

export interface SimulateOptions extends WorldOptions, RunOptions {
  readonly makePolicy: MakePolicy;
}

/** One policy on a trace: what it cost, what jobs waited, and how far that is from what nobody can beat. Pure. */
export function simulate(options: SimulateOptions): Simulated {
  const world = worldOf(options);
  return simulateIn(world, optimumOf(world), options.makePolicy, options);
}

export interface SimulateAllOptions extends WorldOptions, Omit<RunOptions, "observe"> {
  readonly policies: readonly MakePolicy[];
}

/** Several policies on the same trace; the world and its optimum are computed once. */
export function simulateAll(options: SimulateAllOptions): {
  readonly world: World;
  readonly runs: readonly Simulated[];
} {
  const world = worldOf(options);
  const optimum = optimumOf(world);
  return { world, runs: options.policies.map((makePolicy) => simulateIn(world, optimum, makePolicy, options)) };
}

/** One policy in a world that is there. It is made twice: the replay of its decisions must not know how the first ended. */
export function simulateIn(
  world: World,
  optimum: Optimum,
  makePolicy: MakePolicy,
  options: RunOptions = {},
): Simulated {
  const { wallMs = () => 0, seed = 1, replay = true } = options;
  const began = wallMs();
  const state = new State(world, makePolicy(world), options);
  state.sink?.begins(state.policy.name);
  runToEnd(state);
  state.sink?.ends(state.now);
  const seconds = (wallMs() - began) / 1000;
  const replayed = replay ? replayOf(world, makePolicy(world), seed) : undefined;
  return summarizeRun({ state, replayed, optimum, seed, seconds });
}

function replayOf(world: World, policy: SimulatedPolicy, seed: number): State {
  const state = new State(world, { ...policy, place: undefined, wait: undefined }, { seed, isReplay: true });
  runToEnd(state);
  return state;
}

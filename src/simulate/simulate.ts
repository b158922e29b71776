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
  /** A policy that has learned nothing yet, or a way to make one for this world. */
  readonly policy: SimulatedPolicy | MakePolicy;
}

/** One policy on a trace: what it cost, what jobs waited, and how far that is from what nobody can beat. Pure. */
export function simulate(options: SimulateOptions): Simulated {
  const world = worldOf(options);
  return simulateIn(world, optimumOf(world), options.policy, options);
}

export interface SimulateAllOptions extends WorldOptions, Omit<RunOptions, "observe"> {
  readonly policies: readonly (SimulatedPolicy | MakePolicy)[];
}

/** Several policies on the same trace; the world and its optimum are computed once. */
export function simulateAll(options: SimulateAllOptions): {
  readonly world: World;
  readonly runs: readonly Simulated[];
} {
  const world = worldOf(options);
  const optimum = optimumOf(world);
  return { world, runs: options.policies.map((policy) => simulateIn(world, optimum, policy, options)) };
}

/** One policy in a world that is there. */
export function simulateIn(
  world: World,
  optimum: Optimum,
  policy: SimulatedPolicy | MakePolicy,
  options: RunOptions = {},
): Simulated {
  const { wallMs = () => 0, seed = 1 } = options;
  const began = wallMs();
  const made = typeof policy === "function" ? policy(world) : policy;
  const state = new State(world, made, options);
  state.sink?.begins(made.name);
  runToEnd(state);
  state.sink?.ends(state.now);
  return summarizeRun({ state, optimum, seed, seconds: (wallMs() - began) / 1000 });
}

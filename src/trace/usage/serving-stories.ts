import { between, chance, pick } from "../draws.ts";
import type { Draft } from "./draft.ts";
import { singleGpuMachines } from "./machines.ts";
import { quiet, serve } from "./phases.ts";
import { begin, end, faulty, healthy, type Stage, type Story, startUp } from "./stories.ts";

/** A request or more each second. */
export const busyServer: Story = (stage) => server(stage, [0.5, 5]);

/** One request in 5 to 70 seconds: little, but somebody waits for each. Healthy, although its SMs are mostly idle. */
export const lowTrafficServer: Story = (stage) => server(stage, [0.015, 0.2]);

/** Had requests for some hours, or never, and has none any more. */
export const idleServer: Story = (stage) => {
  const { random } = stage;
  const [draft, ready, reserves] = started(stage);
  const since = chance(random, 0.3) ? ready : between(random, ready, 0.6 * draft.seconds);
  serve(draft, [ready, since], between(random, 0.02, 2), between(random, 0.5, 4));
  quiet(draft, [since, draft.seconds], between(random, 6, 48));
  return faulty(end(stage, draft, { kind: "serving", reservesMemory: reserves }), { label: "DEAD", since });
};

function server(stage: Stage, perSecond: readonly [number, number]) {
  const [draft, ready, reserves] = started(stage);
  serve(draft, [ready, draft.seconds], between(stage.random, ...perSecond), between(stage.random, 0.8, 6));
  return healthy(end(stage, draft, { kind: "serving", reservesMemory: reserves }));
}

/** Seven of ten reserve 90 % of the memory up front, as vLLM does. */
function started(stage: Stage): [Draft, number, boolean] {
  const draft = begin(stage, [6, 48], pick(stage.random, singleGpuMachines));
  const reserves = chance(stage.random, 0.7);
  return [draft, startUp(draft, reserves ? 0.9 : between(stage.random, 0.5, 0.9)), reserves];
}

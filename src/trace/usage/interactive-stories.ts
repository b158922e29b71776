import { between, exponential, logNormal, pick } from "../draws.ts";
import type { Draft } from "./draft.ts";
import { singleGpuMachines } from "./machines.ts";
import { hold, quiet, type Span, work } from "./phases.ts";
import { begin, end, faulty, healthy, type Story } from "./stories.ts";

/** Somebody works in it: cells of seconds to minutes, and up to 25 minutes of thought between them. */
export const notebook: Story = (stage) => {
  const draft = begin(stage, [1.5, 8], pick(stage.random, singleGpuMachines));
  session(draft, [0, draft.seconds]);
  return healthy(end(stage, draft, { kind: "interactive" }));
};

/** Left open after hours of work, or at once; keeps its memory, and twitches every few hours. */
export const deadNotebook: Story = (stage) => {
  const { random } = stage;
  const draft = begin(stage, [6, 48], pick(random, singleGpuMachines));
  const until = random.next() < 0.2 ? between(random, 300, 900) : between(random, 0.05, 0.6) * draft.seconds;
  const since = session(draft, [0, until]);
  quiet(draft, [since, draft.seconds], between(random, 3, 12));
  return faulty(end(stage, draft, { kind: "interactive" }), { label: "DEAD", since });
};

/** Cells over a span; returns when the last one ended. */
function session(draft: Draft, [from, to]: Span): number {
  const { random, stepSeconds } = draft;
  const level = between(random, 0.35, 0.9);
  let memory = between(random, 0.03, 0.2);
  let end = from;
  for (let at = from + between(random, 30, 600); at < to; ) {
    const ran = Math.min(1800, 20 + exponential(random, 200));
    // a cell shorter than a sample shows in one sample, whose mean it raises by its share
    const length = Math.max(ran, stepSeconds);
    quiet(draft, [end, at], 1000);
    hold(draft, [end, at], memory);
    // every cell leaves something on the GPU
    memory = Math.min(0.95, memory + random.next() * 0.15);
    work(draft, [at, at + length], { level: level * (ran / length), deviation: 0.15 * (ran / length), io: 2e5 });
    hold(draft, [at, draft.seconds], memory);
    end = Math.min(at + length, draft.seconds);
    at = end + Math.min(1500, logNormal(random, 240, 0.9));
  }
  quiet(draft, [end, to], 1000);
  return end;
}

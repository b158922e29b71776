import type { Clock } from "../kernel/clock.ts";
import { Failure, messageOf } from "../kernel/failure.ts";
import { humanDuration } from "../kernel/text.ts";
import type { PhaseName } from "../kernel/vocabulary.ts";
import type { Observation } from "../timeline/entries.ts";
import type { Journal } from "./journal.ts";
import { slots } from "./slots.ts";
import type { Step } from "./step.ts";

export interface EngineContext {
  readonly journal: Journal;
  readonly observe: (observation: Observation) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Makes each step exist, in order. Stops at the first that fails; what was made stays for `undoSteps` or a retry. */
export async function ensureSteps(context: EngineContext, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await ensureStep(context, step);
}

async function ensureStep(context: EngineContext, step: Step): Promise<void> {
  const { journal, signal } = context;
  signal.throwIfAborted();
  await journal.append({ type: "intent", action: "ensure", step: step.name });
  await announce(context, step, step.phase, "started");
  try {
    const present = (await step.observe(signal)) === "present";
    if (!present) await step.ensure(signal);
    await journal.append({
      type: "outcome",
      action: "ensure",
      step: step.name,
      result: present ? "unchanged" : "done",
    });
    await announce(context, step, step.phase, present ? "unchanged" : "succeeded");
  } catch (error) {
    await journal.append({ type: "outcome", action: "ensure", step: step.name, result: "failed" });
    await announce(context, step, step.phase, "failed", messageOf(error));
    throw error;
  }
}

/**
 * Undoes each step in reverse order and goes on past failures, so that one stuck thing does not keep the rest alive.
 * Returns the errors.
 */
export async function undoSteps(context: EngineContext, steps: readonly Step[], phase: PhaseName): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const step of [...steps].reverse()) {
    context.signal.throwIfAborted();
    await undoStep(context, step, phase).catch((error: unknown) => {
      if (context.signal.aborted) throw error;
      errors.push(error);
    });
  }
  return errors;
}

export interface Together {
  readonly clock: Clock;
  /** How many at a time. */
  readonly atOnce: number;
  /** For all of them, in milliseconds of this machine's time. */
  readonly timeoutMs: number;
}

/**
 * Undoes steps that have nothing to do with one another, several at a time. Goes on past failures, but not past its time:
 * what is not undone by then is left, and told of once. Returns the errors.
 */
export async function undoTogether(
  context: EngineContext,
  steps: readonly Step[],
  phase: PhaseName,
  { clock, atOnce, timeoutMs }: Together,
): Promise<unknown[]> {
  const left = new Set(steps.map(({ title }) => title));
  const late = new AbortController();
  const cancel = clock.schedule(timeoutMs, () => late.abort(notUndone([...left], timeoutMs)));
  const bounded = { ...context, signal: AbortSignal.any([context.signal, late.signal]) };
  const take = slots(atOnce);
  const undo = async (step: Step) => {
    bounded.signal.throwIfAborted();
    await undoStep(bounded, step, phase);
    left.delete(step.title);
  };
  const results = await Promise.allSettled(steps.map((step) => take(() => undo(step))));
  cancel();
  context.signal.throwIfAborted();
  return [...new Set(results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])))];
}

function notUndone(titles: readonly string[], timeoutMs: number): Failure {
  const shown = titles.slice(0, 5).join(", ");
  const more = titles.length > 5 ? ` and ${titles.length - 5} more` : "";
  return new Failure("TIMEOUT", `not removed within ${humanDuration(timeoutMs)}: ${shown}${more}`);
}

async function undoStep(context: EngineContext, step: Step, phase: PhaseName): Promise<void> {
  const { journal, signal } = context;
  await journal.append({ type: "intent", action: "undo", step: step.name });
  await announce(context, step, phase, "started");
  try {
    const absent = (await step.observe(signal)) === "absent";
    if (!absent) await step.undo(signal);
    await journal.append({ type: "outcome", action: "undo", step: step.name, result: absent ? "unchanged" : "done" });
    await announce(context, step, phase, absent ? "unchanged" : "succeeded");
  } catch (error) {
    await journal.append({ type: "outcome", action: "undo", step: step.name, result: "failed" });
    await announce(context, step, phase, "failed", messageOf(error));
    throw error;
  }
}

function announce(
  context: EngineContext,
  step: Step,
  phase: PhaseName,
  state: "started" | "succeeded" | "failed" | "unchanged",
  message?: string,
): Promise<void> {
  const text = state === "started" ? step.title : message;
  return context.observe({ type: "step", phase, step: step.name, state, ...(text !== undefined && { message: text }) });
}

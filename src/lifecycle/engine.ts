import { messageOf } from "../kernel/failure.ts";
import type { PhaseName } from "../kernel/vocabulary.ts";
import type { Observation } from "../timeline/entries.ts";
import type { Journal } from "./journal.ts";
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

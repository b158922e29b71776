import type { Clock } from "../kernel/clock.ts";
import type { JobEnding } from "./job-ending.ts";
import type { WorkflowStep } from "./workflow.ts";

export interface StepEnding {
  /** The step is to end gently. */
  readonly signal: AbortSignal;
  /** Why, once it is. */
  cause(): "cancelled" | "timed out" | undefined;
  close(): void;
}

export interface StepEndingOptions {
  readonly clock: Clock;
  readonly step: Pick<WorkflowStep, "timeoutMinutes">;
  readonly ending: JobEnding;
  /** Whether its condition holds in a cancelled job: then it runs on. */
  readonly goesOn: () => boolean;
}

/** What may end the step of now: its own time limit, or its job's end. */
export function stepEnding({ clock, step, ending, goesOn }: StepEndingOptions): StepEnding {
  const controller = new AbortController();
  let cause: "cancelled" | "timed out" | undefined;
  const end = (why: "cancelled" | "timed out") => {
    cause ??= why;
    controller.abort();
  };
  const stopped = () => {
    if (!goesOn()) end("cancelled");
  };
  const killed = () => end("cancelled");
  const minutes = step.timeoutMinutes;
  const cancelTimer =
    minutes === undefined ? () => {} : clock.schedule(minutes * 60_000, () => end("timed out"), { background: true });
  ending.stop.addEventListener("abort", stopped, { once: true });
  ending.kill.addEventListener("abort", killed, { once: true });
  return {
    signal: controller.signal,
    cause: () => cause,
    close() {
      cancelTimer();
      ending.stop.removeEventListener("abort", stopped);
      ending.kill.removeEventListener("abort", killed);
    },
  };
}

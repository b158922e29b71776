import type { PhaseName } from "../kernel/vocabulary.ts";

/**
 * A thing that can be made to exist and to exist no more. `ensure` and `undo` may run again after a crash in the
 * middle: what already exists, or is already gone, is success.
 */
export interface Step {
  /** Stable: the journal refers to it. */
  readonly name: string;
  readonly phase: PhaseName;
  /** For people, such as `embedded cluster`. */
  readonly title: string;
  /** Asks reality, not the journal. `partial` is anything between: it is ensured again, and undone. */
  observe(signal: AbortSignal): Promise<"present" | "partial" | "absent">;
  ensure(signal: AbortSignal): Promise<void>;
  undo(signal: AbortSignal): Promise<void>;
}

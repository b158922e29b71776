import type { Permissions } from "./workflow.ts";
import type { PipelinePlace, PipelineWorld } from "./world.ts";

/** An action that a step uses, with its inputs. */
export interface ActionStep {
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly permissions: Permissions;
  readonly world: PipelineWorld;
  readonly place: PipelinePlace;
  /** A line of its log. */
  readonly say: (line: string) => void;
  /** Sets a variable of the steps that follow. */
  readonly export: (name: string, value: string) => void;
}

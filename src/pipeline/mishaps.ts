import { Failure } from "../kernel/failure.ts";
import { didYouMean } from "../kernel/text.ts";
import type { Template } from "./expressions/template.ts";
import type { Workflow, WorkflowStep } from "./workflow.ts";

/** What is to go wrong, for a test of what happens then. */
export interface Mishaps {
  /** A step that fails instead of being run. */
  readonly fail?: PlacedStep;
  /** A step after which its runner dies: nothing of it is left, and nobody tells. */
  readonly lose?: PlacedStep;
}

export interface PlacedStep {
  readonly job: string;
  readonly index: number;
}

/** The step that is meant by its id or its name, with its job's id before it (`run/Apply`) where several are called so. */
export function findStep(workflow: Workflow, text: string): PlacedStep {
  const all = workflow.jobs.flatMap(({ id: job, steps }) =>
    steps.map((step, index) => ({ job, index, names: namesOf(step) })),
  );
  const found = all.filter(({ job, names }) => names.some((name) => text === name || text === `${job}/${name}`));
  const [first] = found;
  if (first !== undefined && found.length === 1) return { job: first.job, index: first.index };
  const names = [...new Set(all.flatMap(({ job, names: [name = ""] }) => [name, `${job}/${name}`]))];
  const suggestion = didYouMean(text, names);
  throw new Failure("USAGE", found.length === 0 ? `no step is called ${text}` : `several steps are called ${text}`, {
    problems: found.map(({ job }) => `${job}/${text}`),
    fix:
      suggestion === undefined || found.length > 0
        ? "name it by its job and its name: JOB/STEP"
        : `did you mean ${JSON.stringify(suggestion)}?`,
  });
}

function namesOf({ id, name }: WorkflowStep): string[] {
  return [plain(name), ...(id === undefined ? [] : [id])];
}

function plain(name: Template): string {
  return name.map((part) => (typeof part === "string" ? part : "…")).join("");
}

import type { FieldPath } from "../spec/problems.ts";
import type { JobFile, StepFile, WorkflowFile } from "./workflow-schema.ts";

/** A text of a workflow that may have expressions in it, and what those may speak of. */
export interface Place {
  readonly path: FieldPath;
  readonly text: string;
  /** An `if` is an expression as a whole, and may ask how things went. */
  readonly condition: boolean;
  readonly contexts: readonly string[];
  readonly job?: { readonly id: string; readonly file: JobFile };
  /** Ids of the steps that come before. */
  readonly steps: readonly string[];
}

// Source: GitHub Docs, "Contexts reference", context availability; `secrets` is left out: an OIDC pipeline has none.
const ofRun = ["github", "inputs", "vars"];
const ofJob = [...ofRun, "needs"];
const ofStep = [...ofJob, "env", "steps", "job", "runner"];

type Texts = Readonly<Record<string, unknown>>;

/** Every text of a workflow that GitHub looks for expressions in. */
export function expressionPlaces(file: WorkflowFile): Place[] {
  const base = { condition: false, contexts: ofRun, steps: [] };
  return [
    ...textsAt(["run-name"], file["run-name"], base),
    ...textsAt(["concurrency", "group"], file.concurrency?.group, base),
    ...mapAt(["env"], file.env, base),
    ...Object.entries(file.jobs).flatMap(([id, job]) => jobPlaces(id, job)),
  ];
}

function jobPlaces(id: string, file: JobFile): Place[] {
  const path = ["jobs", id];
  const base = { condition: false, contexts: ofJob, steps: [], job: { id, file } };
  const ids = file.steps.flatMap((step) => step.id ?? []);
  const environment = typeof file.environment === "object" ? file.environment.name : file.environment;
  return [
    ...textsAt([...path, "if"], file.if, { ...base, condition: true }),
    ...textsAt([...path, "name"], file.name, base),
    ...textsAt([...path, "environment"], environment, base),
    ...mapAt([...path, "env"], file.env, base),
    ...mapAt([...path, "outputs"], file.outputs, { ...base, contexts: ofStep, steps: ids }),
    ...file.steps.flatMap((step, index) => {
      const before = file.steps.slice(0, index).flatMap((each) => each.id ?? []);
      return stepPlaces([...path, "steps", index], step, { ...base, contexts: ofStep, steps: before });
    }),
  ];
}

function stepPlaces(path: FieldPath, step: StepFile, base: Omit<Place, "path" | "text">): Place[] {
  return [
    ...textsAt([...path, "if"], step.if, { ...base, condition: true }),
    ...textsAt([...path, "name"], step.name, base),
    ...textsAt([...path, "working-directory"], step["working-directory"], base),
    ...mapAt([...path, "env"], step.env, base),
    ...mapAt([...path, "with"], step.with, base),
  ];
}

function textsAt(path: FieldPath, text: unknown, base: Omit<Place, "path" | "text">): Place[] {
  return typeof text === "string" ? [{ ...base, path, text }] : [];
}

function mapAt(path: FieldPath, texts: Texts, base: Omit<Place, "path" | "text">): Place[] {
  return Object.entries(texts).flatMap(([key, text]) => textsAt([...path, key], text, base));
}

import type { Scope } from "./expressions/evaluate.ts";
import type { Value } from "./expressions/values.ts";

/** What is known of the run from its start on. */
export interface RunContexts {
  readonly github: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly vars: Readonly<Record<string, string>>;
}

export const githubNames = [
  "action",
  "actor",
  "event_name",
  "job",
  "ref",
  "ref_name",
  "repository",
  "repository_id",
  "repository_owner",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "workflow",
  "workspace",
];

export const runnerNames = ["arch", "name", "os", "temp"];

export type JobOutcome = "success" | "failure" | "cancelled" | "skipped";

export interface NeededJob {
  readonly result: JobOutcome;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a job's own fields may speak of. */
export function jobContexts(run: RunContexts, needs: Readonly<Record<string, NeededJob>>): Scope["contexts"] {
  return { ...runContexts(run), needs: Object.fromEntries(Object.entries(needs).map(([id, job]) => [id, { ...job }])) };
}

export function runContexts({ github, inputs, vars }: RunContexts): Scope["contexts"] {
  return { github, inputs, vars };
}

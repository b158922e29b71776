import type { Condition, Template } from "./expressions/template.ts";

/** A GitHub Actions workflow, as far as a rehearsal executes it; what it has no use for was checked and left out. */
export interface Workflow {
  readonly name: string;
  /** What a person fills in when it is started. */
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  readonly env: Variables;
  /** In the order of the file. */
  readonly jobs: readonly WorkflowJob[];
}

export interface WorkflowInput {
  readonly type: "choice" | "string" | "boolean" | "number";
  readonly options: readonly string[];
  readonly required: boolean;
  readonly fallback: string | number | boolean;
}

export interface WorkflowJob {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly condition: Condition;
  readonly env: Variables;
  readonly outputs: Variables;
  /** What the job's token may do; the workflow's where the job says nothing. */
  readonly permissions: Permissions;
  /** GitHub's default is six hours. */
  readonly timeoutMinutes: number;
  readonly steps: readonly WorkflowStep[];
}

export type Variables = Readonly<Record<string, Template>>;
export type Permissions = Readonly<Record<string, "read" | "write" | "none">>;

export interface WorkflowStep {
  readonly id?: string;
  readonly name: Template;
  readonly condition: Condition;
  readonly env: Variables;
  readonly continueOnError: boolean;
  readonly timeoutMinutes?: number;
  readonly work: Script | ActionUse;
}

export interface Script {
  readonly kind: "run";
  readonly text: string;
  /** `bash` fails on every command of a pipe; `default`, what is taken where none is named, on the last one alone. */
  readonly shell: "bash" | "default";
  readonly directory?: Template;
}

export interface ActionUse {
  readonly kind: "uses";
  /** Such as `actions/checkout`. */
  readonly action: string;
  readonly with: Variables;
}

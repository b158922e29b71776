/** A GitHub Actions workflow, in the words of its YAML and as far as Aura's own need them. */
export interface Workflow {
  readonly name: string;
  /** What a run is called in the list of runs. */
  readonly "run-name"?: string;
  readonly on: Triggers;
  /** Of every job that asks for none itself. */
  readonly permissions: Permissions;
  readonly concurrency: {
    readonly group: string;
    readonly "cancel-in-progress": boolean;
    /** Without it a run that waits is dropped when a further one comes. */
    readonly queue?: "max";
  };
  /** Of every step. */
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Triggers {
  readonly schedule?: readonly { readonly cron: string }[];
  readonly workflow_dispatch: { readonly inputs?: Readonly<Record<string, Input>> };
}

/** What a person fills in. */
export interface Input {
  readonly description: string;
  readonly type: "choice" | "string" | "boolean" | "number";
  readonly options?: readonly string[];
  readonly default?: string | boolean | number;
  readonly required?: boolean;
}

/** What a job's token may do; none where it is empty. */
export type Permissions = Readonly<Partial<Record<"contents" | "id-token", "read" | "write">>>;

export interface Job {
  /** For who reads the file; a line of it each. */
  readonly note?: readonly string[];
  readonly name: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly environment?: string;
  readonly permissions: Permissions;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly note?: readonly string[];
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly "continue-on-error"?: true;
  readonly uses?: Action;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

/** An action at one commit: a tag can be moved. */
export interface Action {
  readonly name: string;
  readonly sha: string;
  /** The tag that was on the commit. */
  readonly version: string;
}

import { stopNames, type TargetName, targetNames } from "../kernel/vocabulary.ts";
import type { Runtime } from "../spec/environment.ts";

/** Flags that many commands share. Absent means: as `aura.yaml` or a variable says, or the default. */
export interface OutputFlags {
  readonly output: "text" | "json";
}

export interface FileFlags extends OutputFlags {
  readonly file: string;
}

export interface ReportFlags {
  readonly report?: string;
}

export interface TargetFlags {
  readonly target?: TargetName;
}

export interface SettingFlags extends TargetFlags {
  readonly speed?: string;
  readonly runtime?: Runtime;
  readonly timeout?: string;
  readonly budget?: string;
}

export interface JobFlags {
  readonly job?: readonly string[];
}

const text = String;

export const outputFlag = {
  output: {
    kind: "enum",
    values: ["text", "json"],
    default: "text",
    brief: "What to print on stdout",
  },
} as const;

export const fileFlag = {
  file: { kind: "parsed", parse: text, default: "aura.yaml", brief: "The environment's file", placeholder: "path" },
} as const;

export const reportFlag = {
  report: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Folder for the report (default: report/<run>)",
    placeholder: "dir",
  },
} as const;

export const targetFlag = {
  target: {
    kind: "enum",
    values: targetNames,
    optional: true,
    brief: "Where the environment lives (default: as its file says)",
  },
} as const;

export const settingFlags = {
  ...targetFlag,
  speed: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "How many times faster simulated delays pass (rehearsal)",
    placeholder: "n",
  },
  runtime: {
    kind: "enum",
    values: ["auto", "process", "container"],
    optional: true,
    brief: "How containers run on this machine (rehearsal)",
  },
  timeout: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "How long jobs may take, such as 30m",
    placeholder: "time",
  },
  budget: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "The most the run may cost, in USD",
    placeholder: "usd",
  },
} as const;

export const jobFlag = {
  job: {
    kind: "parsed",
    parse: text,
    optional: true,
    variadic: true,
    brief: "Job manifest to run instead of those in the environment's file; may be repeated",
    placeholder: "file",
  },
} as const;

export const yesFlag = {
  yes: { kind: "boolean", default: false, withNegated: false, brief: "Answer every question with yes" },
} as const;

/** Said as other commands have it. */
export const sweepTargetFlag = {
  target: { kind: "enum", values: ["aws"], optional: true, brief: "What is swept: only AWS has anything to sweep" },
} as const;

/** How far a deploy goes. */
export const upFlags = {
  plan: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Show what would be made and its price by the hour, and make nothing",
  },
  until: { kind: "enum", values: stopNames, optional: true, brief: "Stop after this step; the next aura up goes on" },
} as const;

export const releaseFlag = {
  releaseIdle: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Also wait until Karpenter has let idle nodes go",
  },
} as const;

export const breakLockFlag = {
  breakLock: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Break the lock of Terraform's state: the machine that holds it is gone (aws)",
  },
} as const;

/** What is swept, and whether it is removed. */
export const sweepFlags = {
  environment: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Its name (default: the file's)",
    placeholder: "name",
  },
  cluster: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "The same by its cluster's name",
    placeholder: "name",
  },
  region: { kind: "parsed", parse: text, optional: true, brief: "Where (default: the file's)", placeholder: "region" },
  expired: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "All environments of the account and region whose aura:expires-at has passed, or the named one if it has",
  },
  regions: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Regions of --expired, with commas between them",
    placeholder: "list",
  },
  delete: { kind: "boolean", default: false, withNegated: false, brief: "Remove what is found, after asking" },
  force: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Also an environment whose run is open here",
  },
} as const;

export interface DetachFlags {
  readonly detach: boolean;
}

/** For what takes long: `inBackground`. */
export const detachFlag = {
  detach: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Return at once; the command goes on in the background",
  },
} as const;

export interface LogFlags {
  readonly follow: boolean;
  readonly container?: string;
  readonly previous: boolean;
}

export const logFlags = {
  follow: { kind: "boolean", default: false, withNegated: false, brief: "Go on until the jobs have ended" },
  container: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Only this container; it may be an init container",
    placeholder: "name",
  },
  previous: { kind: "boolean", default: false, withNegated: false, brief: "The run before the last restart" },
} as const;

/** Where a long-living cluster is. */
export const placeFlags = {
  file: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "The environment's file (default: aura.yaml, if there is one)",
    placeholder: "path",
  },
  data: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Folder of the cluster's state (default: .aura/rehearsal)",
    placeholder: "dir",
  },
  name: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "The cluster of this environment, which aura up deployed",
    placeholder: "environment",
  },
} as const;

/** How a long-living cluster is started. */
export const clusterFlags = {
  detach: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Return when it is ready, and leave it running",
  },
  port: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Port on 127.0.0.1 (default: a free one, kept)",
    placeholder: "n",
  },
  kubeconfig: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "Kubeconfig to add the cluster's context to; what is in it stays",
    placeholder: "file",
  },
  speed: settingFlags.speed,
  runtime: settingFlags.runtime,
  ttl: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "The cluster ends itself at this age, such as 8h (default: never)",
    placeholder: "time",
  },
  empty: { kind: "boolean", optional: true, withNegated: false, brief: "Leave out the environment's node pools" },
} as const;

const answer = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: text, optional: true, brief, placeholder }) as const;

const plainFlag = (brief: string) => ({ kind: "boolean", default: false, withNegated: false, brief }) as const;

/** What describes a pipeline, and how far `aura init` goes. */
export const initFlags = {
  name: answer("Name of the environment (default: dev)", "name"),
  account: answer("AWS account (default: the credentials')", "id"),
  region: answer("AWS region (default: $AWS_REGION, then us-east-1)", "region"),
  repository: answer("Repository on github.com (default: the git remote origin's)", "owner/name"),
  ownerId: answer("Id of its owner (default: as GitHub says)", "id"),
  repositoryId: answer("Id of the repository (default: as GitHub says)", "id"),
  gpu: answer("Instance families with GPUs, with commas between them (default: g4dn,g5,g6)", "families"),
  budget: answer("The most a run may cost, in USD (default: 5)", "usd"),
  oidcProvider: {
    kind: "enum",
    values: ["make", "use"],
    optional: true,
    brief: "The account's OIDC provider of GitHub: make it along with the roles, or use the one that is there",
  },
  githubRole: plainFlag("Only what makes the workflow's roles, from aura.yaml if it names a repository"),
  print: plainFlag("With --github-role: write nothing, and show the roles as JSON, for IAM"),
  bucket: plainFlag("With --github-role: make the bucket that their Terraform state goes to, now"),
  force: plainFlag("Overwrite files that are there and differ"),
  yes: plainFlag("Ask nothing, and take the defaults"),
} as const;

/** Which workflow, with what, and what is to go wrong. */
export const pipelineFlags = {
  target: { kind: "enum", values: ["rehearsal"], default: "rehearsal", brief: "Where its environments live" },
  workflow: {
    kind: "parsed",
    parse: text,
    default: ".github/workflows/cd-cd.yml",
    brief: "The workflow's file",
    placeholder: "path",
  },
  action: { kind: "parsed", parse: text, optional: true, brief: "Its input action", placeholder: "action" },
  input: {
    kind: "parsed",
    parse: text,
    optional: true,
    variadic: true,
    brief: "Another input of it; may be repeated",
    placeholder: "name=value",
  },
  var: {
    kind: "parsed",
    parse: text,
    optional: true,
    variadic: true,
    brief: "A variable of the repository; may be repeated",
    placeholder: "name=value",
  },
  fail: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "A step that is to fail instead of running, by its name or id",
    placeholder: "step",
  },
  lose: {
    kind: "parsed",
    parse: text,
    optional: true,
    brief: "A step after which its runner is to die",
    placeholder: "step",
  },
} as const;

import { basename } from "node:path";
import * as v from "valibot";

import { type Finding, findings } from "../spec/issues.ts";
import { invalid, type Problem, pathText } from "../spec/problems.ts";
import { parseYaml, type YamlSource } from "../spec/yaml-source.ts";
import { expressionFindings } from "./check-expressions.ts";
import { onSuccess, parseCondition, parseTemplate, type Template } from "./expressions/template.ts";
import type { Variables, Workflow, WorkflowInput, WorkflowJob, WorkflowStep } from "./workflow.ts";
import { workflowFindings } from "./workflow-rules.ts";
import { actionOf, type JobFile, type StepFile, type WorkflowFile, workflowSchema } from "./workflow-schema.ts";

/** Reads a workflow. Throws one Failure(FILE_INVALID) that names every problem, unknown constructs among them. */
export function readWorkflow(path: string, text: string): Workflow {
  const { sources, problems } = parseYaml(text);
  const [source] = sources;
  if (source === undefined) throw failure(path, problems.length > 0 ? problems : [nothing]);
  const parsed = v.safeParse(workflowSchema, source.value);
  const found = findings(parsed.issues ?? [], source.value);
  // names and rules are looked at where the form is right
  const strange = parsed.success ? [...workflowFindings(parsed.output), ...expressionFindings(parsed.output)] : [];
  const all = [...problems, ...[...found, ...strange].map((finding) => located(finding, source))];
  if (all.length > 0 || !parsed.success) throw failure(path, all);
  return workflowOf(parsed.output);
}

const nothing: Problem = { path: "", expected: "a workflow", got: "nothing" };

function located(finding: Finding, source: YamlSource): Problem {
  return { ...finding, path: pathText(finding.path), line: source.lineOf(finding.path) };
}

function failure(path: string, problems: readonly Problem[]) {
  const fix = "correct the workflow; a rehearsal refuses what it does not know rather than skip it";
  return invalid("FILE_INVALID", "workflow", problems, { file: basename(path), path, fix });
}

function workflowOf(file: WorkflowFile): Workflow {
  const inputs = Object.entries(file.on.workflow_dispatch?.inputs ?? {});
  return {
    name: file.name,
    inputs: Object.fromEntries(inputs.map(([name, input]) => [name, inputOf(input)])),
    env: variablesOf(file.env),
    jobs: Object.entries(file.jobs).map(([id, job]) => jobOf(id, job, file)),
  };
}

type InputFile = NonNullable<NonNullable<WorkflowFile["on"]["workflow_dispatch"]>["inputs"]>[string];

/** What an input is worth that nobody gives: GitHub's defaults by type. */
function inputOf({ type, options, required, default: given }: InputFile): WorkflowInput {
  const empty = { boolean: false, number: 0, choice: options[0] ?? "", string: "" } as const;
  return { type, options, required, fallback: given ?? empty[type] };
}

function jobOf(id: string, job: JobFile, { permissions = {}, defaults }: WorkflowFile): WorkflowJob {
  const shell = defaults?.run.shell ?? "default";
  return {
    id,
    name: job.name ?? id,
    needs: job.needs,
    condition: conditionOf(job.if),
    env: variablesOf(job.env),
    outputs: variablesOf(job.outputs),
    permissions: job.permissions ?? permissions,
    timeoutMinutes: job["timeout-minutes"],
    steps: job.steps.map((step) => stepOf(step, shell)),
  };
}

function stepOf(step: StepFile, shell: "bash" | "default"): WorkflowStep {
  const timeoutMinutes = step["timeout-minutes"];
  return {
    ...(step.id !== undefined && { id: step.id }),
    name: parseTemplate(step.name ?? nameOf(step)),
    condition: conditionOf(step.if),
    env: variablesOf(step.env),
    continueOnError: step["continue-on-error"],
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    work: workOf(step, shell),
  };
}

/** As GitHub calls a step that has no name. */
function nameOf({ uses, run = "" }: StepFile): string {
  return `Run ${uses ?? run.split("\n")[0]}`;
}

function workOf(step: StepFile, shell: "bash" | "default"): WorkflowStep["work"] {
  if (step.uses !== undefined) return { kind: "uses", action: actionOf(step.uses), with: variablesOf(step.with) };
  const directory = step["working-directory"];
  return {
    kind: "run",
    text: step.run ?? "",
    shell: step.shell ?? shell,
    ...(directory !== undefined && { directory: parseTemplate(directory) }),
  };
}

function conditionOf(given: string | boolean | undefined) {
  return given === undefined ? onSuccess : parseCondition(String(given));
}

function variablesOf(given: Readonly<Record<string, string | number | boolean>>): Variables {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, Template] => [name, parseTemplate(String(value))]),
  );
}

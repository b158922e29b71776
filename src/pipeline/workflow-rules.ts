import { didYouMean } from "../kernel/text.ts";
import type { Finding } from "../spec/issues.ts";
import { type FieldPath, gotText } from "../spec/problems.ts";
import { type ActionName, actionInputs } from "./action-inputs.ts";
import { actionOf, type JobFile, type StepFile, type WorkflowFile } from "./workflow-schema.ts";

/** What concerns several fields of a workflow at once. */
export function workflowFindings(file: WorkflowFile): Finding[] {
  const jobs = Object.entries(file.jobs);
  return [
    ...(file.on.workflow_dispatch === undefined ? [notDispatched] : []),
    ...jobs.flatMap(([id, job]) => needFindings(id, job, file)),
    ...jobs.flatMap(([id, { steps }]) => stepsFindings(["jobs", id, "steps"], steps)),
  ];
}

const notDispatched: Finding = {
  path: ["on"],
  expected: "workflow_dispatch: a rehearsal starts a workflow as a person does",
  got: "other triggers alone",
};

function needFindings(id: string, { needs }: JobFile, { jobs }: WorkflowFile): Finding[] {
  const path = ["jobs", id, "needs"];
  const others = Object.keys(jobs).filter((name) => name !== id);
  const strange = needs.filter((name) => !others.includes(name));
  if (strange.length > 0) {
    return strange.map((name) => ({ path, expected: `other jobs (${others.join(", ")})`, got: gotText(name) }));
  }
  return ancestors(id, jobs).has(id)
    ? [{ path, expected: "jobs that do not wait for this one", got: needs.join(", ") }]
    : [];
}

/** The jobs that have to be through before a job. */
export function ancestors(
  id: string,
  jobs: Readonly<Record<string, { readonly needs: readonly string[] }>>,
): Set<string> {
  const found = new Set<string>();
  const ahead = [...(jobs[id]?.needs ?? [])];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    ahead.push(...(jobs[next]?.needs ?? []));
  }
  return found;
}

function stepsFindings(path: FieldPath, steps: readonly StepFile[]): Finding[] {
  const ids = steps.map(({ id }) => id);
  return steps.flatMap((step, index) => {
    const at = [...path, index];
    const twin = step.id !== undefined && ids.indexOf(step.id) < index;
    return [
      ...(twin ? [{ path: [...at, "id"], expected: "an id of its own", got: gotText(step.id) }] : []),
      ...workFindings(at, step),
    ];
  });
}

function workFindings(
  path: FieldPath,
  { run, uses, with: given, shell, "working-directory": directory }: StepFile,
): Finding[] {
  if ((run === undefined) === (uses === undefined)) {
    return [{ path, expected: "either run or uses", got: run === undefined ? "neither" : "both" }];
  }
  if (uses !== undefined) {
    const scripts = shell !== undefined || directory !== undefined;
    const words = scripts ? [{ path, expected: "shell and working-directory with run alone", got: "uses" }] : [];
    return [...words, ...inputFindings(path, actionOf(uses), given)];
  }
  const inputs =
    Object.keys(given).length > 0 ? [{ path: [...path, "with"], expected: "with beside uses", got: "run" }] : [];
  return [...inputs, ...scriptFindings(path, run ?? "")];
}

/** Text that somebody else may write must not become part of a script. */
function scriptFindings(path: FieldPath, run: string): Finding[] {
  if (!run.includes("${{")) return [];
  return [{ path: [...path, "run"], expected: "a script without ${{ }}: pass the value by env", got: gotText(run) }];
}

function inputFindings(path: FieldPath, action: string, given: StepFile["with"]): Finding[] {
  const known: readonly string[] = actionInputs[action as ActionName];
  const strange = Object.keys(given).filter((name) => !known.includes(name));
  return strange.map((name) => {
    const suggestion = didYouMean(name, known);
    const expected = `an input of ${action} that a rehearsal knows (${known.join(", ")})`;
    return {
      path: [...path, "with", name],
      expected,
      got: gotText(name),
      ...(suggestion !== undefined && { suggestion }),
    };
  });
}

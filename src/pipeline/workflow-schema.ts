import * as v from "valibot";

import { mapping, oneOf, pattern, record } from "../spec/fields.ts";
import { actionNames } from "./action-inputs.ts";

// As in src/spec, a schema's message is what the field expects. Fields that are not here are refused: what a rehearsal
// does not know it must not skip.

const text = (expected: string) => v.string(expected);
const scalar = (expected: string) => v.union([v.string(), v.number(), v.boolean()], expected);
const variableName = pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of a variable");
const idName = pattern(/^[A-Za-z_][A-Za-z0-9_-]*$/, "an id of letters, digits, - and _");
const variables = v.optional(
  record(variableName, scalar("a text, number or boolean"), "a mapping of variables to values"),
  {},
);
const minutes = v.pipe(v.number("a number of minutes"), v.minValue(1, "at least a minute"));
const condition = v.optional(v.union([v.string(), v.boolean()], "an expression"));
const permissions = v.optional(
  record(
    pattern(/^[a-z-]+$/, "the name of a permission"),
    oneOf(["read", "write", "none"]),
    "a mapping of permissions to read, write or none",
  ),
);
/** GitHub takes one name for a list of one. */
const names = v.pipe(
  v.union([v.string(), v.array(v.string())], "a job's id or a list of them"),
  v.transform((given) => (typeof given === "string" ? [given] : given)),
);

const input = mapping(
  {
    description: v.optional(text("a text")),
    type: v.optional(oneOf(["choice", "string", "boolean", "number"]), "string"),
    options: v.optional(v.array(text("a text"), "a list of texts"), []),
    default: v.optional(scalar("a text, number or boolean")),
    required: v.optional(v.boolean("true or false"), false),
  },
  "a mapping that describes an input",
);

const on = mapping(
  {
    workflow_dispatch: v.nullish(
      mapping(
        { inputs: v.optional(record(idName, input, "a mapping of names to inputs"), {}) },
        "a mapping, with inputs if there are any",
      ),
    ),
    schedule: v.optional(v.array(mapping({ cron: text("a cron expression") }, "a cron expression"), "a list")),
  },
  "a mapping with workflow_dispatch",
);

const actionPattern = /^([\w.-]+\/[\w.-]+)@(\S+)$/;

const step = mapping(
  {
    name: v.optional(text("a text")),
    id: v.optional(idName),
    if: condition,
    uses: v.optional(
      v.pipe(
        text("an action"),
        v.regex(actionPattern, "an action and what it is pinned to: OWNER/NAME@COMMIT"),
        v.check(
          (uses) => (actionNames as readonly string[]).includes(actionOf(uses)),
          `an action that has a counterpart in a rehearsal: ${actionNames.join(", ")}`,
        ),
      ),
    ),
    with: v.optional(record(v.string(), scalar("a text, number or boolean"), "a mapping of inputs to values"), {}),
    run: v.optional(text("a script")),
    shell: v.optional(oneOf(["bash"])),
    "working-directory": v.optional(text("a folder")),
    env: variables,
    "timeout-minutes": v.optional(minutes),
    "continue-on-error": v.optional(v.boolean("true or false"), false),
  },
  "a mapping with run or uses",
);

const job = mapping(
  {
    name: v.optional(text("a text")),
    needs: v.optional(names, []),
    if: condition,
    "runs-on": pattern(/^ubuntu-/, "an Ubuntu runner such as ubuntu-24.04"),
    environment: v.optional(
      v.union([v.string(), mapping({ name: v.string(), url: v.optional(v.string()) }, "")], "an environment's name"),
    ),
    permissions,
    env: variables,
    outputs: v.optional(record(idName, text("a text"), "a mapping of names to texts"), {}),
    "timeout-minutes": v.optional(minutes, 360),
    steps: v.array(step, "a list of steps"),
  },
  "a mapping with runs-on and steps",
);

/** The form of a workflow's file. */
export const workflowSchema = mapping(
  {
    name: v.optional(text("a text"), "workflow"),
    "run-name": v.optional(text("a text")),
    on,
    permissions,
    env: variables,
    defaults: v.optional(
      mapping(
        { run: mapping({ shell: v.optional(oneOf(["bash"])) }, "a mapping with shell") },
        "a mapping with run: of all scripts",
      ),
    ),
    concurrency: v.optional(
      mapping(
        {
          group: text("a text"),
          "cancel-in-progress": v.optional(v.boolean("true or false")),
          queue: v.optional(oneOf(["max", "single"])),
        },
        "a mapping with group",
      ),
    ),
    jobs: record(idName, job, "a mapping of ids to jobs"),
  },
  "a mapping with on and jobs",
);

export type WorkflowFile = v.InferOutput<typeof workflowSchema>;
export type JobFile = WorkflowFile["jobs"][string];
export type StepFile = JobFile["steps"][number];

/** `actions/checkout` of `actions/checkout@3d3c42e`. */
export function actionOf(uses: string): string {
  return actionPattern.exec(uses)?.[1] ?? "";
}

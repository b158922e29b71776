import type { Environment } from "../../spec/environment.ts";
import { when } from "./conditions.ts";
import { runner } from "./deploy-workflow.ts";
import { aura, credentials, npmSettings, roleVariables } from "./setup-steps.ts";
import { reaperStageOf } from "./stages.ts";
import type { Job, Workflow } from "./workflow.ts";

const minutes = 50;

/**
 * Removes the environment when its time to live is over, whoever deployed it and whatever became of that. In a queue of
 * its own: it must not wait for a deploy that hangs.
 */
export function reaperWorkflow(environment: Environment): Workflow {
  const { name, region } = environment;
  return {
    name: "reaper",
    on: { schedule: [{ cron: "17 * * * *" }], workflow_dispatch: {} },
    permissions: {},
    concurrency: { group: `aura-reaper-${name}`, "cancel-in-progress": false },
    env: npmSettings,
    jobs: {
      reap: {
        ...rest(environment),
        name: "Sweep what has expired",
        "runs-on": runner,
        environment: reaperStageOf(environment),
        "timeout-minutes": minutes,
        permissions: { contents: "read", "id-token": "write" },
        steps: [
          ...aura,
          credentials(environment, "reap", { region }),
          { name: "Sweep", run: `exec npx aura sweep --expired --environment ${name} --delete --yes` },
        ],
      },
    },
  };
}

/** Where aura.yaml names no repository, somebody makes the roles and says so by variables. */
function rest({ github }: Environment): Pick<Job, "note" | "if"> {
  if (github !== undefined) return {};
  return {
    note: ["Not before somebody has made its role: docs/guide/pipeline.md."],
    if: when(`vars.${roleVariables.reap} != ''`),
  };
}

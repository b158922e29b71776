import type { Workflow } from "../../pipeline/workflow.ts";
import type { PipelinePlace } from "../../pipeline/world.ts";

/** An account of AWS's documentation. */
const account = "111122223333";

/** What stands for the repository's variables; one that is not here is empty, as on GitHub. */
export const variableStandIns: Readonly<Record<string, string>> = {
  AWS_ACCOUNT_ID: account,
  AWS_ROLE_ARN: `arn:aws:iam::${account}:role/rehearsal`,
  AWS_REAPER_ROLE_ARN: `arn:aws:iam::${account}:role/rehearsal-reaper`,
};

/** What stands for a run's facts. */
export function githubStandIns({ name }: Workflow, { work }: PipelinePlace): Readonly<Record<string, string>> {
  return {
    actor: "rehearsal",
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    ref_name: "main",
    repository: "rehearsal/repository",
    repository_id: "1",
    repository_owner: "rehearsal",
    run_attempt: "1",
    run_id: "1",
    run_number: "1",
    server_url: "https://github.com",
    sha: "0".repeat(40),
    workflow: name,
    workspace: work,
  };
}

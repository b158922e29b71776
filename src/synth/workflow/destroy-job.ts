import type { Environment } from "../../spec/environment.ts";
import { downloadArtifact, uploadArtifact } from "./actions.ts";
import { destroys, when } from "./conditions.ts";
import { artifact } from "./run-job.ts";
import { aura, credentials, engine } from "./setup-steps.ts";
import type { Job, Step } from "./workflow.ts";

/** EKS and its network take half an hour to go, and what holds them up is tried again. */
const minutes = 90;

/** Destroys and proves that nothing is left: a machine, a token and a time limit of its own. */
export function destroyJob(environment: Environment, common: Pick<Job, "environment" | "env" | "runs-on">): Job {
  return {
    note: [
      "A job of its own, so that nothing that befalls the other keeps it from running: a failure, a cancel, a lost",
      "machine. It needs no more than the tags on AWS.",
    ],
    name: "Destroy and report",
    needs: ["check", "run"],
    if: when(destroys),
    ...common,
    "timeout-minutes": minutes,
    permissions: { contents: "read", "id-token": "write" },
    steps: [
      ...aura,
      engine,
      {
        name: "Journal and report of the run, if they came through",
        if: when("needs.run.result != 'skipped'"),
        "continue-on-error": true,
        uses: downloadArtifact,
        with: { name: "aura-run" },
      },
      credentials(environment, "deploy", { region: "${{ inputs.region }}" }),
      {
        note: ["Runs wait for one another: who holds a lock on Terraform's state now is a machine that was lost."],
        name: "Destroy",
        id: "down",
        run: "exec npx aura down --break-lock --yes",
      },
      ...report,
    ],
  };
}

const script = `if [ ! -d report ]; then
  echo "Nothing was deployed, so there is nothing to report." >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi
echo "made=true" >> "$GITHUB_OUTPUT"
if [ "$ACTION" = destroy ]; then
  npx aura report report/*
else
  npx aura report report/* --check autoscaling
fi
`;

const report: readonly Step[] = [
  {
    note: ["Fails unless a node came up for each job, the job succeeded on it, the node went, and nothing is left."],
    name: "Summary report",
    id: "report",
    if: when("always()"),
    env: { ACTION: "${{ inputs.action }}" },
    run: script,
  },
  {
    name: "Keep the report",
    if: when("always() && steps.report.outputs.made == 'true'"),
    uses: uploadArtifact,
    with: artifact("aura-report", ["report"]),
  },
];

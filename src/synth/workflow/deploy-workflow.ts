import type { Environment } from "../../spec/environment.ts";
import { isUnconfirmed, when } from "./conditions.ts";
import { destroyJob } from "./destroy-job.ts";
import { runJob } from "./run-job.ts";
import { aura, npmSettings } from "./setup-steps.ts";
import { stageOf } from "./stages.ts";
import type { Input, Job, Workflow } from "./workflow.ts";

/** The image by its version: what is on it does not change under a workflow. */
export const runner = "ubuntu-24.04";

/** Deploys an environment, runs its jobs, collects, destroys and reports; started by a person. */
export function deployWorkflow(environment: Environment): Workflow {
  const common = { "runs-on": runner, environment: stageOf(environment), env };
  return {
    name: "cd-cd",
    "run-name": "${{ inputs.action }} ${{ inputs.environment }}",
    on: { workflow_dispatch: { inputs: inputsOf(environment) } },
    permissions: {},
    concurrency: { group: "aura-${{ inputs.environment }}", "cancel-in-progress": false, queue: "max" },
    env: npmSettings,
    jobs: { check: checkJob, run: runJob(environment, common), destroy: destroyJob(environment, common) },
  };
}

function inputsOf({ name, region, ttlMs, pools }: Environment): Record<string, Input> {
  return {
    action: {
      description: "What to do; deploy leaves it running, for its time to live",
      type: "choice",
      options: ["deploy-and-destroy", "deploy", "destroy"],
      default: "deploy-and-destroy",
      required: true,
    },
    environment: { description: "Environment", type: "choice", options: [name], default: name, required: true },
    region: { description: "AWS region", type: "string", default: region, required: true },
    gpu: {
      description: "With GPUs: their node pools, and the jobs that ask for them",
      type: "boolean",
      default: pools.some(({ gpu }) => gpu),
    },
    ttl: { description: "Hours after which it may be swept away", type: "number", default: ttlMs / 3_600_000 },
    confirm: { description: "To destroy: the environment's name once more", type: "string", default: "" },
  };
}

/** Inputs reach Aura as variables, and no script as text. */
const env = {
  AURA_TARGET: "aws",
  AURA_NAME: "${{ inputs.environment }}",
  AURA_REGION: "${{ inputs.region }}",
  AURA_GPU: "${{ inputs.gpu }}",
  AURA_TTL: "${{ inputs.ttl }}h",
};

const checkJob: Job = {
  note: ["Nothing of AWS: whether what is deployed is what aura.yaml says."],
  name: "Check",
  "runs-on": runner,
  "timeout-minutes": 15,
  permissions: { contents: "read" },
  steps: [
    {
      name: "A destroy is confirmed by the environment's name",
      if: when(isUnconfirmed),
      run: 'echo "::error::To destroy, type the name of the environment into confirm."\nexit 1\n',
    },
    ...aura,
    { name: "Generated files are fresh", run: "npx aura synth --check" },
  ],
};

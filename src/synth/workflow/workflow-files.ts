import type { Environment } from "../../spec/environment.ts";
import { deployWorkflow } from "./deploy-workflow.ts";
import { reaperWorkflow } from "./reaper-workflow.ts";
import { workflowText } from "./workflow-text.ts";

const generated = "# Generated from aura.yaml: change that and run `npx aura synth`.\n";

const deployHeader = `${generated}# Deploys the environment, runs its jobs, brings home what they leave, destroys it and reports. How to set it up, what
# each job does and what it costs: docs/guide/pipeline.md. \`exec\`, and bash for npm, have a cancel reach Aura itself.
`;

const reaperHeader = `${generated}# Every hour: removes the environment when its time to live is over. See docs/guide/pipeline.md.
`;

/** The GitHub workflows of an environment, as path to text. There are none for a cluster that is somebody else's. */
export function workflowFiles(environment: Environment): ReadonlyMap<string, string> {
  if (environment.target === "kubernetes") return new Map();
  return new Map([
    [".github/workflows/cd-cd.yml", workflowText(deployHeader, deployWorkflow(environment))],
    [".github/workflows/reaper.yml", workflowText(reaperHeader, reaperWorkflow(environment))],
  ]);
}

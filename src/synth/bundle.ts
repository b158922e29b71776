import { stringify } from "yaml";

import type { Environment } from "../spec/environment.ts";
import { appJob, gpuTestJob } from "./kubernetes/jobs.ts";
import { synthesizeObjects } from "./kubernetes/objects.ts";
import { terraformFiles } from "./terraform/terraform-files.ts";
import { workflowFiles } from "./workflow/workflow-files.ts";

const header = "# Generated from aura.yaml: change that and run `npx aura synth`.\n";
const jobHeader =
  "# A job to begin with, written by `npx aura synth`: for others write files of your own and name them in aura.yaml.\n";

/** The files that an environment becomes, as path to text. Paths start at the environment's folder. */
export function synthesize(environment: Environment): ReadonlyMap<string, string> {
  return new Map([...kubernetesFiles(environment), ...terraformFiles(environment), ...workflowFiles(environment)]);
}

/** Those that kubectl takes. */
export function kubernetesFiles(environment: Environment): ReadonlyMap<string, string> {
  return new Map([
    ["Karpenter/main.yml", header + documents(synthesizeObjects(environment))],
    ["Karpenter/app-job.yml", jobHeader + documents([appJob()])],
    ["Karpenter/gpu-test-job.yml", jobHeader + documents([gpuTestJob()])],
  ]);
}

function documents(objects: readonly object[]): string {
  // kubectl reads YAML 1.1: with its version `y`, `on` and the like are quoted
  const options = { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;
  return objects.map((object) => stringify(object, options)).join("---\n");
}

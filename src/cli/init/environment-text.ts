import { poolDefaults } from "../../spec/defaults.ts";
import { githubProviderArn } from "../../synth/terraform/github-roles.ts";
import type { Answers } from "./fields.ts";
import { gpuFamilies } from "./gpu-families.ts";

interface Wording {
  readonly answers: Answers;
  /** Whether GitHub's OIDC provider is made along with the roles. */
  readonly createProvider: boolean;
  /** Of the JSON schema, from the file's folder. */
  readonly schema: string;
}

/** `aura.yaml`: what was asked, what costs money, and no more. */
export function environmentText({ answers, createProvider, schema }: Wording): string {
  const { name, account, region, repository, ownerId, repositoryId, gpu, budget } = answers;
  return `# yaml-language-server: $schema=${schema}
# What is deployed, run and destroyed, on a desk and by the workflow. The other files that \`aura init\` wrote follow from
# this one: change it, run \`npx aura synth\`, commit. All fields: the schema above.
version: 1
name: ${name}
region: ${region}

# Sorts of nodes that jobs may get, spot first; limits are what may run at once.
pools:
  cpu:
    limits: { cpu: 64, memory: 256Gi }
  gpu:
    families: [${gpu.join(", ")}]
    limits: { gpus: ${gpuLimit(gpu)} }

ttl: 4h # at this age the reaper may remove it
budget: ${budget} # US dollars a run may cost
timeout: 30m # how long a run waits for its jobs

# What the pipeline runs. For jobs of your own: write manifests beside these and name them here.
jobs:
  - Karpenter/app-job.yml
  - Karpenter/gpu-test-job.yml

aws:
  accounts: ["${account}"] # credentials of any other account are refused

# Whose workflow may deploy. The ids stay when names change.
github:
  repository: ${repository}
  ownerId: ${ownerId}
  repositoryId: ${repositoryId}
  environment: ${name} # of GitHub: Settings, Environments
  providerArn: ${githubProviderArn(account)}
  createProvider: ${createProvider} # made along with the roles; an account has it once, for all repositories
`;
}

/** The default, or what the smallest machine of the families takes. */
function gpuLimit(names: readonly string[]): number {
  const needed = gpuFamilies().flatMap(({ name, fewestGpus }) => (names.includes(name) ? [fewestGpus] : []));
  return Math.max(poolDefaults.gpu.limits.gpus ?? 1, ...needed);
}

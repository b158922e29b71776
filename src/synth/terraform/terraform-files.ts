import type { Environment } from "../../spec/environment.ts";
import { clusterName, nodeRoleName } from "../kubernetes/labels.ts";
import { GithubModule } from "./github-role.ts";
import { snakeCase } from "./inputs.ts";
import { karpenterPolicies, karpenterPolicyName } from "./karpenter-policies.ts";
import { moduleReadme } from "./module-readme.ts";
import { policyJson } from "./policy-json.ts";
import { type Child, childModules, environmentRoot, githubRoot, type RootModule } from "./root-module.ts";
import { stateKey } from "./state-key.ts";
import { githubValues, rootValues } from "./values.ts";

/** The folder that is applied for an environment, from the repository's root. */
export function rootFolder(environment: Pick<Environment, "name">): string {
  return `terraform/environments/${environment.name}`;
}

/**
 * The Terraform files of an environment, as path to text. The modules are the same for every environment, and so is the
 * root but for its folder's name and its `terraform.tfvars.json`.
 */
export function terraformFiles(environment: Environment): Map<string, string> {
  const folder = rootFolder(environment);
  const children = childModules();
  const github = new GithubModule();
  return new Map([
    ...[...children, github].flatMap(moduleFiles),
    ...rootFiles(
      folder,
      environmentRoot(children),
      rootValues(environment),
      stateFile(environment.region, stateKey(environment)),
    ),
    [`${folder}/karpenter-controller-policy.json`, json(policyForReviewers(environment))],
    ...githubFiles(environment, github),
  ]);
}

function moduleFiles(module: Child): [path: string, text: string][] {
  const folder = `terraform/modules/${module.folder}`;
  const document = module.document();
  return [
    [`${folder}/main.tf.json`, json(document)],
    [`${folder}/README.md`, moduleReadme(module, document)],
  ];
}

/** The files that make the workflow's roles: what is applied once, and the module it calls. */
export function githubRoleFiles(environment: Environment): Map<string, string> {
  const github = new GithubModule();
  return new Map([...moduleFiles(github), ...githubFiles(environment, github)]);
}

/** The workflow's role, where one is asked for. Its state is out of the workflow's own reach. */
function githubFiles(environment: Environment, github: GithubModule): [path: string, text: string][] {
  const values = githubValues(environment);
  const state = stateFile(environment.region, `aura-github/${clusterName(environment)}.tfstate`);
  return values ? rootFiles(`${rootFolder(environment)}/github`, githubRoot(github), values, state) : [];
}

function rootFiles(folder: string, root: RootModule, values: object, state: string): [path: string, text: string][] {
  const variables = Object.entries(values).map(([key, value]) => [snakeCase(key), value]);
  return [
    [`${folder}/main.tf.json`, json(root.document())],
    [`${folder}/terraform.tfvars.json`, json(Object.fromEntries(variables))],
    [`${folder}/state.s3.tfbackend`, state],
  ];
}

/** What is known of the state's place. The bucket is the account's own affair: `-backend-config=bucket=NAME`. */
function stateFile(region: string, key: string): string {
  return [
    "# tofu init -backend-config=state.s3.tfbackend -backend-config=bucket=NAME",
    `key          = "${key}"`,
    `region       = "${region}"`,
    "encrypt      = true",
    "use_lockfile = true",
    "",
  ].join("\n");
}

/** Karpenter's policies as IAM shows them, with the account left open: for who has to approve them. */
function policyForReviewers(environment: Environment): object {
  const cluster = clusterName(environment);
  const [partition, region, account] = ["aws", environment.region, "ACCOUNT"];
  const policies = karpenterPolicies({
    partition,
    region,
    account,
    cluster,
    clusterArn: `arn:${partition}:eks:${region}:${account}:cluster/${cluster}`,
    nodeRoleArn: `arn:${partition}:iam::${account}:role/${nodeRoleName(cluster)}`,
    queueArn: `arn:${partition}:sqs:${region}:${account}:${cluster}`,
  });
  const documents = Object.entries(policies).map(([name, statements]) => [
    karpenterPolicyName(name, cluster),
    policyJson(statements),
  ]);
  return Object.fromEntries(documents);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

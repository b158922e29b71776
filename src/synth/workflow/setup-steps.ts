import type { Environment } from "../../spec/environment.ts";
import { githubRoles } from "../terraform/github-roles.ts";
import { awsCredentials, checkout, setupNode, setupOpentofu } from "./actions.ts";
import type { Step } from "./workflow.ts";

/** The newest that the checks of both engines know. */
const tofuVersion = "1.12.6";
// A deploy with its wait, or a destroy: the role's own limit
const sessionSeconds = 7200;

/**
 * A cancel sends SIGINT to a step's first process alone. With `exec` that is npx, which hands it to the shell it starts;
 * bash has become Aura by then, where sh would wait and keep it to itself (tried with npm 11). And npx may run what
 * package-lock.json names, but fetch nothing: npm has a package of somebody else's by this name.
 */
export const npmSettings = { npm_config_script_shell: "bash", npm_config_yes: "false" };

/** The repository with what it is locked to: `npx aura` is the same as on a desk. */
export const aura: readonly Step[] = [
  { name: "Check out", uses: checkout, with: { "persist-credentials": false } },
  { name: "Node.js", uses: setupNode, with: { "node-version": "24", "package-manager-cache": false } },
  { name: "Install", run: "npm ci" },
];

/** What applies Terraform's files. Helm is on the runner's image. */
export const engine: Step = {
  name: "OpenTofu",
  uses: setupOpentofu,
  // what Aura reads must not be rewritten
  with: { tofu_version: tofuVersion, tofu_wrapper: false },
};

/** Credentials for two hours by the job's own token: none is stored. */
export function credentials(
  environment: Environment,
  role: "deploy" | "reap",
  { region, name = "AWS credentials, by OIDC" }: { readonly region: string; readonly name?: string },
): Step {
  const roles = githubRoles(environment);
  return {
    name,
    uses: awsCredentials,
    with: {
      "role-to-assume": roles?.[role] ?? `\${{ vars.${roleVariables[role]} }}`,
      "aws-region": region,
      "allowed-account-ids": roles?.account ?? "${{ vars.AWS_ACCOUNT_ID }}",
      "role-duration-seconds": sessionSeconds,
    },
  };
}

/** What names the roles where aura.yaml does not: variables of the repository. */
export const roleVariables = { deploy: "AWS_ROLE_ARN", reap: "AWS_REAPER_ROLE_ARN" } as const;

import { TerraformHclModule } from "cdktn";

import { EksModule } from "./eks.ts";
import type { GithubModule } from "./github-role.ts";
import { IamModule } from "./iam.ts";
import { IamEksModule } from "./iam-eks.ts";
import { type Inputs, snakeCase, text, textMap } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";
import { OidcModule } from "./oidc.ts";
import { VpcModule } from "./vpc.ts";

/** The five modules in the order in which they need each other. */
export function childModules() {
  return [new VpcModule(), new IamEksModule(), new EksModule(), new OidcModule(), new IamModule()] as const;
}

export type Child = ReturnType<typeof childModules>[number] | GithubModule;

export const rootOwnInputs = {
  region: text("AWS region."),
  environment: text("Name of the environment: the tag `aura:environment`."),
  owner: text("Who answers for the environment: the tag `owner`."),
  run: text("Which run made the environment: the tag `aura:run`.", "manual"),
  expiresAt: text(
    "When the environment may be swept away, such as `2026-11-24T18:00:00Z`: the tag `aura:expires-at`.",
    "never",
  ),
  extraTags: textMap("Further tags on everything.", {}),
};

/** Inputs that a module gets from others; all the rest become variables of the root, under the same names. */
const wiring: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  EKS: {
    vpcId: "${module.vpc.vpc_id}",
    controlPlaneSubnetIds:
      "${length(module.vpc.intra_subnet_ids) > 0 ? module.vpc.intra_subnet_ids : module.vpc.private_subnet_ids}",
    nodeSubnetIds: "${module.vpc.node_subnet_ids}",
    natCidrs: "${module.vpc.nat_cidrs}",
    clusterRoleArn: "${module.iam_eks.cluster_role_arn}",
    systemNodeRoleArn: "${module.iam_eks.system_node_role_arn}",
    ebsCsiRoleArn: "${module.iam_eks.ebs_csi_role_arn}",
    tags: "${local.tags}",
  },
  OIDC: { clusterName: "${module.eks.cluster_name}", issuerUrl: "${module.eks.oidc_issuer}" },
  IAM: {
    clusterName: "${module.eks.cluster_name}",
    clusterArn: "${module.eks.cluster_arn}",
    oidcProviderArn: "${module.oidc.provider_arn}",
    oidcIssuer: "${module.oidc.issuer}",
    environment: "${var.environment}",
  },
};

/** What a workflow or the command line reads: output to module and its output. */
const exported: Readonly<Record<string, readonly [module: string, output: string]>> = {
  cluster_name: ["eks", "cluster_name"],
  cluster_endpoint: ["eks", "cluster_endpoint"],
  cluster_ca: ["eks", "cluster_ca"],
  oidc_issuer: ["eks", "oidc_issuer"],
  oidc_provider_arn: ["oidc", "provider_arn"],
  cluster_role_arn: ["iam_eks", "cluster_role_arn"],
  system_node_role_arn: ["iam_eks", "system_node_role_arn"],
  ebs_csi_role_arn: ["iam_eks", "ebs_csi_role_arn"],
  node_role_arn: ["iam", "node_role_arn"],
  node_role_name: ["iam", "node_role_name"],
  karpenter_role_arn: ["iam", "karpenter_role_arn"],
  controller_role_arn: ["iam", "controller_role_arn"],
  outputs_role_arn: ["iam", "outputs_role_arn"],
  vpc_id: ["vpc", "vpc_id"],
  public_subnet_ids: ["vpc", "public_subnet_ids"],
  private_subnet_ids: ["vpc", "private_subnet_ids"],
  intra_subnet_ids: ["vpc", "intra_subnet_ids"],
  cluster_security_group_id: ["eks", "cluster_security_group_id"],
  node_security_group_id: ["eks", "node_security_group_id"],
  primary_security_group_id: ["eks", "primary_security_group_id"],
  queue_name: ["iam", "queue_name"],
};

const tags =
  '${merge(var.extra_tags, { "aura:environment" = var.environment, "aura:region" = var.region, "aura:run" = var.run, "aura:expires-at" = var.expires_at, "owner" = var.owner, "managed-by" = "aura" })}';

interface Root {
  readonly summary: string;
  readonly children: readonly Child[];
  readonly exported: typeof exported;
  /** From its folder to that of the modules. */
  readonly modules: string;
}

/** What is applied: modules, wired; providers, state and what a deploy gives. */
export class RootModule extends ModuleStack {
  private readonly modules: string;

  constructor({ summary, children, exported, modules }: Root) {
    super("root", summary, rootInputs(children));
    this.modules = modules;
    for (const child of children) this.call(child);
    const outputsOf = new Map(children.map((child) => [idOf(child), child.outputs]));
    for (const [name, [module, output]] of Object.entries(exported)) {
      const found = outputsOf.get(module)?.find((one) => one.name === output);
      this.output(name, `\${module.${module}.${output}}`, found?.description ?? "");
    }
    this.output("region", "${var.region}", "AWS region.");
  }

  private call(child: Child): void {
    const given = Object.keys(child.inputs).map((key) => [
      snakeCase(key),
      wiring[child.node.id]?.[key] ?? `\${var.${snakeCase(key)}}`,
    ]);
    new TerraformHclModule(this, `module.${idOf(child)}`, {
      source: `${this.modules}/${child.folder}`,
      skipAssetCreationFromLocalModules: true,
      variables: Object.fromEntries(given),
    });
  }

  protected override settings() {
    // Where the state is comes from the command line: -backend-config=state.s3.tfbackend
    return { ...super.settings(), backend: { s3: {} } };
  }

  protected override providers() {
    return {
      locals: { tags },
      provider: { aws: { region: "${var.region}", default_tags: { tags: "${local.tags}" } } },
    };
  }
}

/** `terraform/environments/<name>`: the five modules. */
export function environmentRoot(children: readonly Child[]): RootModule {
  return new RootModule({
    summary: "An environment of Aura on AWS.",
    children,
    exported,
    modules: "../../modules",
  });
}

/** `terraform/environments/<name>/github`: the workflow's role, which outlives the environment. */
export function githubRoot(github: GithubModule): RootModule {
  return new RootModule({
    summary: "The roles of the GitHub workflows that deploy and sweep an environment of Aura.",
    children: [github],
    exported: { github_role_arn: ["github", "role_arn"], reaper_role_arn: ["github", "reaper_role_arn"] },
    modules: "../../../modules",
  });
}

function idOf(child: Child): string {
  return child.node.id.toLowerCase();
}

/** The root's own inputs, and those of the modules that no other module gives. */
function rootInputs(children: readonly Child[]): Inputs {
  const open = children.flatMap((child) =>
    Object.entries<Inputs[string]>(child.inputs).filter(([key]) => wiring[child.node.id]?.[key] === undefined),
  );
  return { ...rootOwnInputs, ...Object.fromEntries(open) };
}

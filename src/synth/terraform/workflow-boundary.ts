import { actions } from "./deploy-actions.ts";
import { ownPolicies } from "./deploy-policies.ts";
import { ownNames } from "./own-names.ts";
import type { Statement } from "./policies.ts";

/** What a boundary names; each is a reference within the module, or the value itself. */
export interface BoundaryScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  /** ARN of the boundary itself, or of the one that the account asks for. */
  readonly boundary: string;
}

/**
 * The most that the workflow's roles, and every role that they make, may ever do, whatever their policies come to say:
 * services in one region, the identities of one cluster, and no way to a role that is not bound by this. It grants
 * nothing.
 */
export function workflowBoundary(scope: BoundaryScope): Statement[] {
  const { partition, region, account, boundary } = scope;
  const iam = (what: string) => `arn:${partition}:iam::${account}:${what}`;
  const everything = ["*"];
  return [
    {
      sid: "AllowServicesInRegion",
      actions: regional,
      resources: everything,
      conditions: [["StringEquals", "aws:RequestedRegion", region]],
    },
    { sid: "AllowPrices", actions: ["pricing:GetProducts"], resources: everything },
    { sid: "AllowLookingAtIdentity", actions: ["iam:Get*", "iam:List*"], resources: everything },
    { sid: "AllowOwnIdentity", actions: ["iam:*"], resources: ownIdentity(scope).map(iam) },
    {
      sid: "DenyRolesOutsideThis",
      effect: "Deny",
      actions: actions("iam", "AttachRolePolicy CreateRole PutRolePolicy"),
      resources: everything,
      conditions: [["StringNotEquals", "iam:PermissionsBoundary", boundary]],
    },
    {
      sid: "DenyLeavingThis",
      effect: "Deny",
      actions: actions("iam", "DeleteRolePermissionsBoundary PutRolePermissionsBoundary"),
      resources: everything,
    },
    {
      sid: "DenyChangingOneself",
      effect: "Deny",
      actions: changes,
      resources: ["role/AuraWorkflow-*", "policy/AuraWorkflow*"].map(iam),
    },
    { sid: "DenyPeopleAndAccount", effect: "Deny", actions: [...people, ...accountWide], resources: everything },
  ];
}

/** What the workflow, EKS, nodes, Karpenter and jobs' outputs use. */
const regional = [
  ...["arc-zonal-shift", "autoscaling", "cloudwatch", "ec2", "ec2messages", "ecr", "eks", "eks-auth"],
  ...["elasticloadbalancing", "events", "kms", "logs", "s3", "servicequotas", "sqs", "ssm", "ssmmessages", "tag"],
].map((service) => `${service}:*`);

function ownIdentity({ region, cluster }: BoundaryScope): string[] {
  const own = ownNames(cluster);
  return [
    ...own.roles.map((role) => `role/${role}`),
    ...ownPolicies(cluster),
    `instance-profile/${own.instanceProfile}`,
    `instance-profile/karpenter/${region}/${cluster}/*`,
    `oidc-provider/oidc.eks.${region}.amazonaws.com/id/*`,
    "role/aws-service-role/*",
  ];
}

const changes = ["Attach", "Create", "Delete", "Detach", "Pass", "Put", "Set", "Tag", "Untag", "Update"].map(
  (verb) => `iam:${verb}*`,
);

/** Who has a name and a password or a key. */
const people = [
  ...["AccessKey", "AccountAlias", "AccountPasswordPolicy", "Group", "LoginProfile", "MFADevice", "SAMLProvider"],
  ...["SSHPublicKey", "ServerCertificate", "ServiceSpecificCredential", "SigningCertificate", "User"],
].map((what) => `iam:*${what}*`);

const accountWide = [
  ...["account", "aws-portal", "billing", "budgets", "ce", "consolidatedbilling", "identitystore", "invoicing"],
  ...["organizations", "payments", "purchase-orders", "sso", "sso-directory", "support", "tax"],
].map((service) => `${service}:*`);

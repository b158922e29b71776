import { actions, keyTaking } from "./deploy-actions.ts";
import { ownPolicies } from "./deploy-policies.ts";
import { ownNames } from "./own-names.ts";
import type { Condition, Statement } from "./policies.ts";

/** What a boundary names; each is a reference within the module, or the value itself. */
export interface BoundaryScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly environment: string;
  /** Of Terraform's state and of what jobs bring home. */
  readonly bucket: string;
  /** ARN of the boundary itself, or of the one that the account asks for. */
  readonly boundary: string;
}

/**
 * The most that the workflow's roles, and every role that they make, may ever do, whatever their policies come to say:
 * services in one region, the cluster, identities and objects of one environment, and no way to a role that is not
 * bound by this, be it by IAM or by a machine that has one. It grants nothing.
 */
export function workflowBoundary(scope: BoundaryScope): Statement[] {
  return [...services(scope), ...identities(scope), ...machines(scope)];
}

function services(scope: BoundaryScope): Statement[] {
  const { partition, region } = scope;
  const here: Condition = ["StringEquals", "aws:RequestedRegion", region];
  return [
    { sid: "AllowServicesInRegion", actions: regional, resources: everything, conditions: [here] },
    { sid: "AllowOwn", actions: ["eks:*", "events:*", "s3:*", "sqs:*"], resources: ownThings(scope) },
    {
      sid: "AllowPublicParameters",
      actions: ["ssm:GetParameter"],
      resources: [`arn:${partition}:ssm:${region}::parameter/aws/service/*`],
    },
    { sid: "AllowPrices", actions: ["pricing:GetProducts"], resources: everything },
  ];
}

const everything = ["*"];

/** What the workflow, EKS, nodes, Karpenter and jobs' outputs use; of images, parameters and clusters only a look. */
const regional = [
  ...["arc-zonal-shift", "cloudwatch", "ec2", "ec2messages", "eks-auth", "elasticloadbalancing", "kms", "logs"].map(
    (service) => `${service}:*`,
  ),
  ...["servicequotas:*", "ssmmessages:*", "tag:Get*", "autoscaling:Describe*"],
  ...actions("ecr", "BatchCheckLayerAvailability BatchGetImage BatchImportUpstreamImage Get*"),
  ...actions("eks", "Describe* List*"),
  // what the agent on a node says of itself: no command for another, and no secret
  ...actions("ssm", "Describe* GetDocument GetManifest List* PutComplianceItems PutInventory"),
  ...actions("ssm", "UpdateAssociationStatus UpdateInstanceAssociationStatus UpdateInstanceInformation"),
];

function ownThings({ partition, region, account, cluster, environment, bucket }: BoundaryScope): string[] {
  const own = ownNames(cluster);
  const arn = (service: string) => (what: string) => `arn:${partition}:${service}:${region}:${account}:${what}`;
  const parts = ["access-entry", "addon", "fargateprofile", "nodegroup", "podidentityassociation"];
  return [
    ...[`cluster/${cluster}`, ...parts.map((part) => `${part}/${cluster}/*`)].map(arn("eks")),
    // each by its name would be too long for IAM
    arn("events")(`rule/${cluster}-*`),
    arn("sqs")(own.queue),
    ...["", `/aura/${environment}/*`, `/outputs/${environment}/*`].map(
      (key) => `arn:${partition}:s3:::${bucket}${key}`,
    ),
  ];
}

function identities(scope: BoundaryScope): Statement[] {
  const { partition, account, boundary } = scope;
  const iam = (what: string) => `arn:${partition}:iam::${account}:${what}`;
  return [
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

/** Who decides what a machine runs has its role; who decides whose a key is has what it hides. */
function machines({ partition, region, account, cluster, environment }: BoundaryScope): Statement[] {
  const arn = (service: string, what: string) => `arn:${partition}:${service}:${region}:${account}:${what}/*`;
  const foreign = (tag: string, value: string): Condition[] => [["StringNotEquals", `aws:ResourceTag/${tag}`, value]];
  return [
    {
      sid: "DenyOthersMachines",
      effect: "Deny",
      actions: actions("ec2", "AttachVolume CreateReplaceRootVolumeTask DetachVolume ModifyInstanceAttribute"),
      resources: [arn("ec2", "instance")],
      conditions: foreign(`kubernetes.io/cluster/${cluster}`, "owned"),
    },
    {
      sid: "DenyOthersTemplates",
      effect: "Deny",
      actions: actions("ec2", "CreateLaunchTemplateVersion ModifyLaunchTemplate"),
      resources: [arn("ec2", "launch-template")],
      conditions: foreign("aura:environment", environment),
    },
    {
      sid: "DenyOthersKeys",
      effect: "Deny",
      actions: keyTaking,
      resources: [arn("kms", "key")],
      conditions: foreign("aura:environment", environment),
    },
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

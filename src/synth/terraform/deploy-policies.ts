import * as call from "./deploy-actions.ts";
import { actions } from "./deploy-actions.ts";
import { nodePolicies } from "./iam-eks.ts";
import { karpenterPolicyName } from "./karpenter-policies.ts";
import { ownNames } from "./own-names.ts";
import type { Condition, Statement } from "./policies.ts";

/** What a deployer's policies name; each is a reference within the module, or the value itself. */
export interface DeployScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly environment: string;
  /** ARN of the deployer's own role. */
  readonly role: string;
  /** ARN of the policy that bounds every role it makes. */
  readonly boundary: string;
  /** Of Terraform's state and of what jobs bring home. */
  readonly bucket: string;
}

/**
 * What it takes to deploy and destroy an environment, action by action, in policies that each stay below IAM's 6,144
 * characters. Roles, policies, queue, rules and logs are told by their names; EC2's networks have none: they are made
 * in one region only, and changed and removed only where the environment's tag is on them.
 */
export function deployPolicies(scope: DeployScope): Record<string, readonly Statement[]> {
  return {
    Network: network(scope),
    Cluster: cluster(scope),
    Roles: roles(scope),
    Identity: identity(scope),
    State: state(scope),
    Sweep: sweep(scope),
  };
}

function network({ partition, region, account, cluster, environment }: DeployScope): Statement[] {
  const resources = ["*"];
  const here: Condition = ["StringEquals", "aws:RequestedRegion", region];
  const own: Condition[] = [here, ["StringEquals", "aws:ResourceTag/aura:environment", environment]];
  const owned: Condition[] = [here, ["StringEquals", `aws:ResourceTag/kubernetes.io/cluster/${cluster}`, "owned"]];
  const tag = ["ec2:CreateTags", "ec2:DeleteTags"];
  return [
    { sid: "AllowNetworkInRegion", actions: call.network, resources, conditions: [here] },
    { sid: "AllowLookingInRegion", actions: call.look, resources, conditions: [here] },
    { sid: "AllowChangingOwn", actions: call.networkChange, resources, conditions: own },
    {
      sid: "AllowPartsOfOwn",
      actions: call.networkPart,
      resources: ["security-group-rule", "network-interface"].map(
        (part) => `arn:${partition}:ec2:${region}:${account}:${part}/*`,
      ),
    },
    { sid: "AllowRemovingOwn", actions: call.removal, resources, conditions: own },
    { sid: "AllowRemovingNodes", actions: call.removal, resources, conditions: owned },
    {
      sid: "AllowTaggingNew",
      actions: ["ec2:CreateTags"],
      resources,
      conditions: [here, ["StringLike", "ec2:CreateAction", "*"]],
    },
    { sid: "AllowTaggingOwn", actions: tag, resources, conditions: own },
    { sid: "AllowTaggingOfCluster", actions: tag, resources, conditions: owned },
  ];
}

function cluster({ partition, region, account, cluster: name }: DeployScope): Statement[] {
  const arn = (service: string, what: string) => `arn:${partition}:${service}:${region}:${account}:${what}`;
  const parts = ["nodegroup", "addon", "access-entry", "podidentityassociation"].map((what) => `${what}/${name}/*`);
  const own = ownNames(name);
  return [
    {
      sid: "AllowCluster",
      actions: call.cluster,
      resources: [`cluster/${name}`, ...parts].map((what) => arn("eks", what)),
    },
    {
      sid: "AllowReadingWhatHasNoName",
      actions: ["eks:DescribeAddonVersions", "eks:DescribeClusterVersions", "logs:DescribeLogGroups"],
      resources: ["*"],
    },
    { sid: "AllowQueue", actions: call.queue, resources: [arn("sqs", own.queue)] },
    { sid: "AllowRules", actions: call.rules, resources: own.rules.map((rule) => arn("events", `rule/${rule}`)) },
    {
      sid: "AllowLogs",
      actions: call.logs,
      // Some calls name the group, others what is in it
      resources: own.logGroups.flatMap((group) => [
        arn("logs", `log-group:${group}`),
        arn("logs", `log-group:${group}:*`),
      ]),
    },
  ];
}

const managedPolicies = [...new Set(["AmazonEKSClusterPolicy", "AmazonEBSCSIDriverPolicyV2", ...nodePolicies])];

function roles({ partition, account, cluster: name, role, boundary }: DeployScope): Statement[] {
  // nobody gets a role that is not bound by it, whatever the policies say that the workflow writes
  const bounded: Condition = ["StringEquals", "iam:PermissionsBoundary", boundary];
  const iam = (what: string) => `arn:${partition}:iam::${account}:${what}`;
  const resources = ownNames(name).roles.map((one) => iam(`role/${one}`));
  const attachable = managedPolicies.map((policy) => `arn:${partition}:iam::aws:policy/${policy}`);
  return [
    { sid: "AllowRoles", actions: call.roles, resources },
    { sid: "AllowMakingRoles", actions: call.roleMaking, resources, conditions: [bounded] },
    {
      sid: "AllowAttaching",
      actions: ["iam:AttachRolePolicy"],
      resources,
      conditions: [bounded, ["ArnLike", "iam:PolicyARN", ...attachable, ...ownPolicies(name).map(iam)]],
    },
    {
      sid: "AllowKnowingOneselfAndServices",
      actions: ["iam:GetRole"],
      resources: [
        role,
        ...["eks", "eks-nodegroup", "spot"].map((one) => iam(`role/aws-service-role/${one}.amazonaws.com/*`)),
      ],
    },
    {
      sid: "AllowPassingRoles",
      actions: ["iam:PassRole"],
      resources,
      conditions: [["StringEquals", "iam:PassedToService", ...usersOfRoles]],
    },
  ];
}

/** The policies that the workflow may make and give to its roles, as IAM's resources. */
export function ownPolicies(cluster: string): string[] {
  return [karpenterPolicyName("*", cluster), `Aura*Policy-${cluster}`].map((one) => `policy/${one}`);
}

function identity({ partition, region, account, cluster: name }: DeployScope): Statement[] {
  const iam = (what: string) => `arn:${partition}:iam::${account}:${what}`;
  return [
    { sid: "AllowPolicies", actions: call.policies, resources: ownPolicies(name).map(iam) },
    {
      sid: "AllowProvider",
      actions: call.providers,
      resources: [iam(`oidc-provider/oidc.eks.${region}.amazonaws.com/id/*`)],
    },
    {
      sid: "AllowInstanceProfiles",
      actions: call.profiles,
      resources: [
        iam(`instance-profile/karpenter/${region}/${name}/*`),
        iam(`instance-profile/${ownNames(name).instanceProfile}`),
      ],
    },
    { sid: "AllowListingInstanceProfiles", actions: ["iam:ListInstanceProfiles"], resources: ["*"] },
    {
      sid: "AllowServiceLinkedRoles",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [iam("role/aws-service-role/*")],
      conditions: [["StringEquals", "iam:AWSServiceName", ...ownersOfRoles]],
    },
  ];
}

const usersOfRoles = ["eks", "ec2", "pods.eks", "vpc-flow-logs"].map((service) => `${service}.amazonaws.com`);
const ownersOfRoles = ["eks", "eks-nodegroup", "spot", "autoscaling"].map((service) => `${service}.amazonaws.com`);

function state({ partition, region, account, cluster: name, environment, ...scope }: DeployScope): Statement[] {
  const bucket = `arn:${partition}:s3:::${scope.bucket}`;
  const kms = `arn:${partition}:kms:${region}:${account}`;
  const tagged = (which: "Request" | "Resource"): Condition[] => [
    ["StringEquals", `aws:${which}Tag/aura:environment`, environment],
  ];
  return [
    { sid: "AllowBucket", actions: call.bucket, resources: [bucket] },
    // The state's lock is a file beside it; what jobs bring home is kept apart
    {
      sid: "AllowState",
      actions: actions("s3", "DeleteObject DeleteObjectVersion GetObject PutObject"),
      resources: [`${bucket}/aura/${environment}/*`],
    },
    {
      sid: "AllowOutputs",
      actions: actions("s3", "DeleteObject DeleteObjectVersion GetObject"),
      resources: [`${bucket}/outputs/${environment}/*`],
    },
    { sid: "AllowLookingBeforeDeploy", actions: call.preflight, resources: ["*"] },
    {
      sid: "AllowMakingKey",
      actions: ["kms:CreateKey", "kms:TagResource"],
      resources: ["*"],
      conditions: tagged("Request"),
    },
    // A key that is being made has no ARN yet: this is of those that are there
    {
      sid: "DenyTakingKeys",
      effect: "Deny",
      actions: call.keyTaking,
      resources: [`${kms}:key/*`],
      conditions: [["StringNotEquals", "aws:ResourceTag/aura:environment", environment]],
    },
    { sid: "AllowKey", actions: call.keys, resources: [`${kms}:key/*`], conditions: tagged("Resource") },
    {
      sid: "AllowAlias",
      actions: actions("kms", "CreateAlias DeleteAlias UpdateAlias"),
      resources: [`${kms}:${ownNames(name).keyAlias}`],
    },
    { sid: "AllowListingAliases", actions: ["kms:ListAliases"], resources: ["*"] },
  ];
}

/** What software in the cluster made, Terraform knows nothing of, and carries tags of its own. */
function sweep({ partition, region, account, cluster: name, environment }: DeployScope): Statement[] {
  const resources = ["*"];
  const here: Condition = ["StringEquals", "aws:RequestedRegion", region];
  const tagged = (key: string, value: string): Condition[] => [here, ["StringEquals", `aws:ResourceTag/${key}`, value]];
  const owned = tagged(`kubernetes.io/cluster/${name}`, "owned");
  const balanced = tagged("elbv2.k8s.aws/cluster", name);
  const fargate = [`cluster/${name}`, `fargateprofile/${name}/*`];
  return [
    { sid: "AllowLookingForRemains", actions: call.remainsLook, resources, conditions: [here] },
    { sid: "AllowListingProviders", actions: ["iam:ListOpenIDConnectProviders"], resources },
    {
      sid: "AllowFargateProfiles",
      actions: actions("eks", "DeleteFargateProfile DescribeFargateProfile ListFargateProfiles"),
      resources: fargate.map((what) => `arn:${partition}:eks:${region}:${account}:${what}`),
    },
    {
      sid: "AllowRemovingOwnRemains",
      actions: call.remainsRemoval,
      resources,
      conditions: tagged("aura:environment", environment),
    },
    {
      sid: "AllowRemovingOwnedRemains",
      actions: [...call.remainsRemoval, "elasticloadbalancing:DeleteLoadBalancer"],
      resources,
      conditions: owned,
    },
    {
      sid: "AllowRemovingBalancers",
      actions: [...call.balancerRemoval, "ec2:DeleteSecurityGroup"],
      resources,
      conditions: balanced,
    },
    {
      sid: "AllowRemovingInterfaces",
      actions: ["ec2:DeleteNetworkInterface"],
      resources,
      conditions: tagged("cluster.k8s.amazonaws.com/name", name),
    },
  ];
}

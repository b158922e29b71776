import { clusterName } from "../kubernetes/labels.ts";
import { actions, balancerRemoval, remainsLook, remainsRemoval, removal } from "./deploy-actions.ts";
import type { DeployScope } from "./deploy-policies.ts";
import { ownNames } from "./own-names.ts";
import type { Condition, Statement } from "./policies.ts";

type ReaperScope = Omit<DeployScope, "role" | "boundary" | "bucket">;

/**
 * What `aura sweep --expired --delete` needs for one environment: to look at everything, to remove what carries its tag,
 * and what is called as its own. It makes nothing, tags nothing, hands on no role and reads no state.
 */
export function reaperPolicies(scope: ReaperScope): Record<string, readonly Statement[]> {
  return { Look: looking(scope), Remove: removing(scope), Named: named(scope) };
}

const looks = [
  ...remainsLook,
  ...actions(
    "ec2",
    `DescribeAddresses DescribeFlowLogs DescribeInstances DescribeInternetGateways DescribeLaunchTemplates
     DescribeNatGateways DescribeNetworkInterfaces DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeTags
     DescribeVolumes DescribeVpcEndpoints DescribeVpcs`,
  ),
  ...actions("kms", "DescribeKey ListAliases ListResourceTags"),
  ...actions("logs", "DescribeLogGroups"),
];

function looking({ region }: ReaperScope): Statement[] {
  const resources = ["*"];
  return [
    { sid: "AllowLookingInRegion", actions: looks, resources, conditions: [here(region)] },
    {
      sid: "AllowListingIdentity",
      actions: actions("iam", "ListInstanceProfiles ListOpenIDConnectProviders"),
      resources,
    },
  ];
}

/** What stands in the way of a removal, and goes with it. */
const untying = actions(
  "ec2",
  `DeleteFlowLogs DeleteVpcEndpoints DetachInternetGateway DisassociateRouteTable RevokeSecurityGroupEgress
   RevokeSecurityGroupIngress`,
);
const securityGroups = actions("ec2", "DeleteSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress");
const keys = actions("kms", "DeleteAlias ScheduleKeyDeletion");

function removing({ region, cluster, environment }: ReaperScope): Statement[] {
  const resources = ["*"];
  const tagged = (key: string, value: string) => [
    here(region),
    ["StringEquals", `aws:ResourceTag/${key}`, value] satisfies Condition,
  ];
  const all = [...removal, ...remainsRemoval, ...untying];
  return [
    {
      sid: "AllowRemovingOwn",
      actions: [...all, ...keys],
      resources,
      conditions: tagged("aura:environment", environment),
    },
    {
      sid: "AllowRemovingOwned",
      actions: [...all, "elasticloadbalancing:DeleteLoadBalancer"],
      resources,
      conditions: tagged(`kubernetes.io/cluster/${cluster}`, "owned"),
    },
    {
      sid: "AllowRemovingBalancers",
      actions: [...balancerRemoval, ...securityGroups],
      resources,
      conditions: tagged("elbv2.k8s.aws/cluster", cluster),
    },
    {
      sid: "AllowRemovingInterfaces",
      actions: ["ec2:DeleteNetworkInterface"],
      resources,
      conditions: tagged("cluster.k8s.amazonaws.com/name", cluster),
    },
  ];
}

function named({ partition, region, account, cluster }: ReaperScope): Statement[] {
  const own = ownNames(cluster);
  const iam = (what: string) => `arn:${partition}:iam::${account}:${what}`;
  const arn = (service: string, what: string) => `arn:${partition}:${service}:${region}:${account}:${what}`;
  const parts = ["nodegroup", "fargateprofile"].map((what) => `${what}/${cluster}/*`);
  return [
    {
      sid: "AllowCluster",
      actions: actions(
        "eks",
        `DeleteCluster DeleteFargateProfile DeleteNodegroup DescribeCluster DescribeFargateProfile DescribeNodegroup
         ListFargateProfiles ListNodegroups`,
      ),
      resources: [`cluster/${cluster}`, ...parts].map((what) => arn("eks", what)),
    },
    {
      // whether it has expired is told by the tags of every cluster that is Aura's
      sid: "AllowReadingTags",
      actions: ["eks:DescribeCluster"],
      resources: [arn("eks", `cluster/${clusterName({ name: "*" })}`)],
    },
    {
      sid: "AllowQueue",
      actions: actions("sqs", "DeleteQueue GetQueueUrl ListQueueTags"),
      resources: [arn("sqs", own.queue)],
    },
    {
      sid: "AllowRules",
      actions: actions("events", "DeleteRule DescribeRule ListTagsForResource ListTargetsByRule RemoveTargets"),
      resources: own.rules.map((rule) => arn("events", `rule/${rule}`)),
    },
    {
      sid: "AllowLogs",
      actions: actions("logs", "DeleteLogGroup ListTagsForResource"),
      resources: own.logGroups.flatMap((group) => [
        arn("logs", `log-group:${group}`),
        arn("logs", `log-group:${group}:*`),
      ]),
    },
    { sid: "AllowAlias", actions: ["kms:DeleteAlias"], resources: [arn("kms", own.keyAlias)] },
    {
      sid: "AllowRoles",
      actions: actions(
        "iam",
        "DeleteRole DeleteRolePolicy DetachRolePolicy GetRole ListAttachedRolePolicies ListRolePolicies",
      ),
      resources: own.roles.map((role) => iam(`role/${role}`)),
    },
    {
      sid: "AllowPolicies",
      actions: actions("iam", "DeletePolicy DeletePolicyVersion GetPolicy ListPolicyVersions"),
      resources: own.policies.map((policy) => iam(`policy/${policy}`)),
    },
    {
      sid: "AllowInstanceProfiles",
      actions: actions("iam", "DeleteInstanceProfile GetInstanceProfile RemoveRoleFromInstanceProfile"),
      resources: [
        iam(`instance-profile/karpenter/${region}/${cluster}/*`),
        iam(`instance-profile/${own.instanceProfile}`),
      ],
    },
    {
      sid: "AllowProvider",
      actions: actions("iam", "DeleteOpenIDConnectProvider GetOpenIDConnectProvider"),
      resources: [iam(`oidc-provider/oidc.eks.${region}.amazonaws.com/id/*`)],
    },
  ];
}

const here = (region: string): Condition => ["StringEquals", "aws:RequestedRegion", region];

import type { Condition, Statement } from "./policies.ts";

/** What a deployer's policies name; each is a reference within the module, or the value itself. */
export interface DeployScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly clusterArn: string;
}

const actions = (service: string, names: string) => names.split(/\s+/).map((name) => `${service}:${name}`);

const network = actions(
  "ec2",
  `AllocateAddress AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
   CreateFlowLogs CreateInternetGateway CreateLaunchTemplate CreateLaunchTemplateVersion CreateNatGateway CreateRoute
   CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint DeleteFlowLogs
   DeleteInternetGateway DeleteLaunchTemplate DeleteNatGateway DeleteNetworkInterface DeleteRoute DeleteRouteTable
   DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVolume DeleteVpc DeleteVpcEndpoints DetachInternetGateway
   DisassociateAddress DisassociateRouteTable ModifyLaunchTemplate ModifySecurityGroupRules ModifySubnetAttribute
   ModifyVpcAttribute ModifyVpcEndpoint ReleaseAddress ReplaceRoute RevokeSecurityGroupEgress
   RevokeSecurityGroupIngress RunInstances TerminateInstances`,
);

const look = actions(
  "ec2",
  `DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeFlowLogs DescribeInstances
   DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeInternetGateways DescribeLaunchTemplates
   DescribeLaunchTemplateVersions DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists
   DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeTags DescribeVolumes
   DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs`,
);

const cluster = actions(
  "eks",
  `AssociateAccessPolicy AssociateEncryptionConfig CreateAccessEntry CreateAddon CreateCluster CreateNodegroup
   CreatePodIdentityAssociation DeleteAccessEntry DeleteAddon DeleteCluster DeleteNodegroup
   DeletePodIdentityAssociation DescribeAccessEntry DescribeAddon DescribeCluster DescribeNodegroup
   DescribePodIdentityAssociation DescribeUpdate DisassociateAccessPolicy ListAccessEntries
   ListAssociatedAccessPolicies ListNodegroups ListPodIdentityAssociations ListTagsForResource ListUpdates TagResource
   UntagResource UpdateAccessEntry UpdateAddon UpdateClusterConfig UpdateClusterVersion UpdateNodegroupConfig
   UpdateNodegroupVersion UpdatePodIdentityAssociation`,
);

const roles = actions(
  "iam",
  `AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy
   ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies PutRolePolicy TagRole UntagRole
   UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`,
);

const policies = actions(
  "iam",
  `CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListPolicyVersions
   TagPolicy UntagPolicy`,
);

const providers = actions(
  "iam",
  `CreateOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider TagOpenIDConnectProvider
   UntagOpenIDConnectProvider`,
);

const profiles = actions("iam", "DeleteInstanceProfile GetInstanceProfile RemoveRoleFromInstanceProfile");
const queue = actions(
  "sqs",
  "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue",
);
const rules = actions(
  "events",
  "DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule PutTargets RemoveTargets TagResource UntagResource",
);
const logs = actions(
  "logs",
  "CreateLogGroup DeleteLogGroup DescribeLogGroups ListTagsForResource PutRetentionPolicy TagResource UntagResource",
);

/**
 * What it takes to deploy and destroy an environment, action by action, in policies that each stay below IAM's 6,144
 * characters. Names begin with the cluster's, so that is what roles, policies, queue, rules and logs are bound to;
 * EC2's networks have no names and are bound to the region.
 */
export function deployPolicies({
  partition,
  region,
  account,
  cluster: name,
  clusterArn,
}: DeployScope): Record<string, readonly Statement[]> {
  const here: Condition[] = [["StringEquals", "aws:RequestedRegion", region]];
  const arn = (service: string, what: string) => `arn:${partition}:${service}:${region}:${account}:${what}`;
  const iam = (what: string) => `arn:${partition}:iam::${account}:${what}`;
  const ownRoles = [iam(`role/${name}-*`), iam(`role/KarpenterNodeRole-${name}`)];
  const eks = ["nodegroup", "addon", "access-entry", "podidentityassociation"].map((what) =>
    arn("eks", `${what}/${name}/*`),
  );
  return {
    Network: [
      { sid: "AllowNetworkInRegion", actions: network, resources: ["*"], conditions: here },
      { sid: "AllowLookingInRegion", actions: look, resources: ["*"], conditions: here },
    ],
    Cluster: [
      { sid: "AllowCluster", actions: cluster, resources: [clusterArn, ...eks] },
      {
        sid: "AllowAddonVersions",
        actions: actions("eks", "DescribeAddonVersions DescribeClusterVersions"),
        resources: ["*"],
      },
      { sid: "AllowQueue", actions: queue, resources: [arn("sqs", name)] },
      { sid: "AllowRules", actions: rules, resources: [arn("events", `rule/${name}-*`)] },
      {
        sid: "AllowLogs",
        actions: logs,
        resources: [arn("logs", `log-group:/aws/eks/${name}/*`), arn("logs", `log-group:/aws/vpc/${name}-*`)],
      },
    ],
    Identity: [
      { sid: "AllowRoles", actions: roles, resources: ownRoles },
      {
        sid: "AllowPassingRoles",
        actions: ["iam:PassRole"],
        resources: ownRoles,
        conditions: [
          [
            "StringEquals",
            "iam:PassedToService",
            "eks.amazonaws.com",
            "ec2.amazonaws.com",
            "pods.eks.amazonaws.com",
            "vpc-flow-logs.amazonaws.com",
          ],
        ],
      },
      {
        sid: "AllowPolicies",
        actions: policies,
        resources: ["KarpenterController*", "Aura*"].map((policy) => iam(`policy/${policy}-${name}`)),
      },
      {
        sid: "AllowProvider",
        actions: providers,
        resources: [iam(`oidc-provider/oidc.eks.${region}.amazonaws.com/id/*`)],
      },
      {
        sid: "AllowInstanceProfiles",
        actions: profiles,
        resources: [iam(`instance-profile/karpenter/${region}/${name}/*`)],
      },
      { sid: "AllowListingInstanceProfiles", actions: ["iam:ListInstanceProfiles"], resources: ["*"] },
      {
        sid: "AllowServiceLinkedRoles",
        actions: ["iam:CreateServiceLinkedRole"],
        resources: [iam("role/aws-service-role/*")],
        conditions: [
          [
            "StringEquals",
            "iam:AWSServiceName",
            "eks.amazonaws.com",
            "eks-nodegroup.amazonaws.com",
            "spot.amazonaws.com",
            "autoscaling.amazonaws.com",
          ],
        ],
      },
    ],
  };
}

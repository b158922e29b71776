// What Terraform calls to make, read, change and remove each sort of thing.

/** `ec2` and `A B` as `ec2:A` and `ec2:B`. */
export const actions = (service: string, names: string) => names.split(/\s+/).map((name) => `${service}:${name}`);

/** What is new has no tag yet; and the rules of a VPC's default group go, which never has one. */
export const network = actions(
  "ec2",
  `AllocateAddress CreateFlowLogs CreateInternetGateway CreateLaunchTemplate CreateNatGateway CreateRouteTable
   CreateSecurityGroup CreateSubnet CreateVpc CreateVpcEndpoint RevokeSecurityGroupEgress RevokeSecurityGroupIngress
   RunInstances`,
);

export const networkChange = actions(
  "ec2",
  `AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
   CreateLaunchTemplateVersion CreateRoute DeleteFlowLogs DeleteRoute DeleteVpcEndpoints DetachInternetGateway
   DisassociateAddress DisassociateRouteTable ModifyLaunchTemplate ModifySecurityGroupRules ModifySubnetAttribute
   ModifyVpcAttribute ModifyVpcEndpoint ReplaceRoute`,
);

/** Judged by the group or the address, which has the tag, and once more by what has none: a rule, an interface. */
export const networkPart = actions(
  "ec2",
  "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress DisassociateAddress ModifySecurityGroupRules",
);

export const removal = actions(
  "ec2",
  `DeleteInternetGateway DeleteLaunchTemplate DeleteNatGateway DeleteNetworkInterface DeleteRouteTable
   DeleteSecurityGroup DeleteSubnet DeleteVolume DeleteVpc ReleaseAddress TerminateInstances`,
);

export const look = actions(
  "ec2",
  `DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeFlowLogs DescribeInstances
   DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeInternetGateways DescribeLaunchTemplates
   DescribeLaunchTemplateVersions DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists
   DescribeRegions DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSpotPriceHistory
   DescribeSubnets DescribeTags DescribeVolumes DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs`,
);

export const cluster = actions(
  "eks",
  `AssociateAccessPolicy AssociateEncryptionConfig CreateAccessEntry CreateAddon CreateCluster CreateNodegroup
   CreatePodIdentityAssociation DeleteAccessEntry DeleteAddon DeleteCluster DeleteNodegroup
   DeletePodIdentityAssociation DescribeAccessEntry DescribeAddon DescribeCluster DescribeNodegroup
   DescribePodIdentityAssociation DescribeUpdate DisassociateAccessPolicy ListAccessEntries
   ListAssociatedAccessPolicies ListNodegroups ListPodIdentityAssociations ListTagsForResource ListUpdates TagResource
   UntagResource UpdateAccessEntry UpdateAddon UpdateClusterConfig UpdateClusterVersion UpdateNodegroupConfig
   UpdateNodegroupVersion UpdatePodIdentityAssociation`,
);

export const roles = actions(
  "iam",
  `DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
   ListInstanceProfilesForRole ListRolePolicies TagRole UntagRole UpdateAssumeRolePolicy UpdateRole
   UpdateRoleDescription`,
);

/** What a permissions boundary can be asked for. */
export const roleMaking = ["iam:CreateRole", "iam:PutRolePolicy"];

export const policies = actions(
  "iam",
  `CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListPolicyVersions
   TagPolicy UntagPolicy`,
);

export const providers = actions(
  "iam",
  `CreateOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider TagOpenIDConnectProvider
   UntagOpenIDConnectProvider`,
);

export const profiles = actions(
  "iam",
  `AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile
   RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
);
export const queue = actions(
  "sqs",
  "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue",
);
export const rules = actions(
  "events",
  "DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule PutTargets RemoveTargets TagResource UntagResource",
);
export const logs = actions(
  "logs",
  "CreateLogGroup DeleteLogGroup ListTagsForResource PutRetentionPolicy TagResource UntagResource",
);

/** To look at the bucket of states. Other environments share it: who may set it up may have their states too. */
export const bucket = actions(
  "s3",
  `GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning
   GetEncryptionConfiguration GetLifecycleConfiguration ListBucket ListBucketVersions`,
);

/** What `aura doctor` asks that has no name: quotas, what is there already, prices. */
export const preflight = [
  ...actions("servicequotas", "GetAWSDefaultServiceQuota GetServiceQuota"),
  "eks:ListClusters",
  "pricing:GetProducts",
];

export const keys = actions(
  "kms",
  `CreateAlias CreateGrant DeleteAlias DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus
   ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`,
);

/** By which a key of somebody else's would become one's own. */
export const keyTaking = actions(
  "kms",
  "CreateAlias PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias",
);

/** What a sweep looks for beside what Terraform makes. */
export const remainsLook = [
  ...actions("ec2", "DescribeSnapshots DescribeSpotInstanceRequests"),
  ...actions("eks", "ListClusters"),
  ...actions("elasticloadbalancing", "DescribeLoadBalancers DescribeTags DescribeTargetGroups"),
  ...actions("tag", "GetResources"),
];
export const remainsRemoval = actions("ec2", "CancelSpotInstanceRequests DeleteSnapshot");
export const balancerRemoval = actions("elasticloadbalancing", "DeleteLoadBalancer DeleteTargetGroup");

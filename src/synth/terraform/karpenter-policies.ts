import type { Condition, Statement } from "./policies.ts";

/** What Karpenter's policies name. Each is a reference within the module, or the value itself. */
export interface KarpenterScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly clusterArn: string;
  readonly nodeRoleArn: string;
  readonly queueArn: string;
}

/**
 * The six policies of Karpenter's controller by name, as its CloudFormation template of v1.14 splits them
 * (website/content/en/v1.14/getting-started, read 2026-11). Every write is bound to what this cluster's Karpenter made:
 * the tags in the conditions are what keeps two clusters of one account apart.
 */
export function karpenterPolicies(scope: KarpenterScope): Record<string, readonly Statement[]> {
  return {
    NodeLifecycle: nodeLifecycle(scope),
    IAMIntegration: iamIntegration(scope),
    EKSIntegration: [
      { sid: "AllowAPIServerEndpointDiscovery", actions: ["eks:DescribeCluster"], resources: [scope.clusterArn] },
    ],
    Interruption: [
      {
        sid: "AllowInterruptionQueueActions",
        actions: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
        resources: [scope.queueArn],
      },
    ],
    ZonalShift: [
      {
        sid: "AllowZonalShiftStatusReadOnly",
        actions: ["arc-zonal-shift:GetManagedResource"],
        resources: ["*"],
        conditions: [["StringEquals", "arc-zonal-shift:ResourceIdentifier", scope.clusterArn]],
      },
    ],
    ResourceDiscovery: resourceDiscovery(scope),
  };
}

/** A policy's name on AWS; `*` stands for any of them. */
export function karpenterPolicyName(name: string, cluster: string): string {
  return `KarpenterController${name}Policy-${cluster}`;
}

const launch = ["ec2:RunInstances", "ec2:CreateFleet"];

function nodeLifecycle({ partition, region, cluster }: KarpenterScope): Statement[] {
  const ec2 = (owner: string) => (type: string) => `arn:${partition}:ec2:${region}:${owner}:${type}/*`;
  const anyones = ec2("*");
  const made = ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"].map(
    anyones,
  );
  const existing = owned("Resource", cluster, "karpenter.sh/nodepool");
  const requested: Condition[] = [
    ...owned("Request", cluster, "karpenter.sh/nodepool"),
    ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", cluster],
  ];
  return [
    {
      sid: "AllowScopedEC2InstanceAccessActions",
      actions: launch,
      resources: [
        ...["image", "snapshot"].map(ec2("")),
        ...["security-group", "subnet", "capacity-reservation", "placement-group"].map(anyones),
      ],
    },
    {
      sid: "AllowScopedEC2LaunchTemplateAccessActions",
      actions: launch,
      resources: [anyones("launch-template")],
      conditions: existing,
    },
    {
      sid: "AllowScopedEC2InstanceActionsWithTags",
      actions: [...launch, "ec2:CreateLaunchTemplate"],
      resources: made,
      conditions: requested,
    },
    {
      sid: "AllowScopedResourceCreationTagging",
      actions: ["ec2:CreateTags"],
      resources: made,
      conditions: [
        ...requested,
        ["StringEquals", "ec2:CreateAction", "RunInstances", "CreateFleet", "CreateLaunchTemplate"],
      ],
    },
    {
      sid: "AllowScopedResourceTagging",
      actions: ["ec2:CreateTags"],
      resources: [anyones("instance")],
      conditions: [
        ...existing,
        ["StringEqualsIfExists", "aws:RequestTag/eks:eks-cluster-name", cluster],
        ["ForAllValues:StringEquals", "aws:TagKeys", "eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"],
      ],
    },
    {
      sid: "AllowScopedDeletion",
      actions: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
      resources: ["instance", "launch-template"].map(anyones),
      conditions: existing,
    },
  ];
}

function iamIntegration({ partition, region, account, cluster, nodeRoleArn }: KarpenterScope): Statement[] {
  const resources = [`arn:${partition}:iam::${account}:instance-profile/*`];
  const tagged = (which: "Request" | "Resource"): Condition[] => [
    ...owned(which, cluster, "karpenter.k8s.aws/ec2nodeclass"),
    ["StringEquals", `aws:${which}Tag/topology.kubernetes.io/region`, region],
  ];
  const requested: Condition[] = [
    ...tagged("Request"),
    ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", cluster],
  ];
  return [
    {
      sid: "AllowPassingInstanceRole",
      actions: ["iam:PassRole"],
      resources: [nodeRoleArn],
      conditions: [["StringEquals", "iam:PassedToService", "ec2.amazonaws.com", "ec2.amazonaws.com.cn"]],
    },
    {
      sid: "AllowScopedInstanceProfileCreationActions",
      actions: ["iam:CreateInstanceProfile"],
      resources,
      conditions: requested,
    },
    {
      sid: "AllowScopedInstanceProfileTagActions",
      actions: ["iam:TagInstanceProfile"],
      resources,
      conditions: [...tagged("Resource"), ...requested],
    },
    {
      sid: "AllowScopedInstanceProfileActions",
      actions: ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
      resources,
      conditions: tagged("Resource"),
    },
  ];
}

function resourceDiscovery({ partition, region, account }: KarpenterScope): Statement[] {
  const described = [
    ...["CapacityReservations", "Images", "Instances", "InstanceStatus", "InstanceTypeOfferings", "InstanceTypes"],
    ...["LaunchTemplates", "PlacementGroups", "SecurityGroups", "SpotPriceHistory", "Subnets"],
  ];
  return [
    {
      sid: "AllowRegionalReadActions",
      actions: described.map((what) => `ec2:Describe${what}`),
      resources: ["*"],
      conditions: [["StringEquals", "aws:RequestedRegion", region]],
    },
    {
      sid: "AllowSSMReadActions",
      actions: ["ssm:GetParameter"],
      resources: [`arn:${partition}:ssm:${region}::parameter/aws/service/*`],
    },
    { sid: "AllowPricingReadActions", actions: ["pricing:GetProducts"], resources: ["*"] },
    // Without these two an EC2NodeClass that is deleted never goes (aws/karpenter-provider-aws#9185)
    { sid: "AllowUnscopedInstanceProfileListAction", actions: ["iam:ListInstanceProfiles"], resources: ["*"] },
    {
      sid: "AllowInstanceProfileReadActions",
      actions: ["iam:GetInstanceProfile"],
      resources: [`arn:${partition}:iam::${account}:instance-profile/*`],
    },
  ];
}

/** Tagged as this cluster's, and as made by Karpenter for some NodePool or EC2NodeClass. */
function owned(which: "Request" | "Resource", cluster: string, maker: string): Condition[] {
  return [
    ["StringEquals", `aws:${which}Tag/kubernetes.io/cluster/${cluster}`, "owned"],
    ["StringLike", `aws:${which}Tag/${maker}`, "*"],
  ];
}

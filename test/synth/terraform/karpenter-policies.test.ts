import { describe, expect, it } from "vitest";

import { type Json, terraformOf } from "./documents.ts";

const { module, files } = terraformOf();
const cluster = "${var.cluster_name}";
const here = "arn:${data.aws_partition.current.partition}:ec2:${data.aws_region.current.region}";
const profiles =
  "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:instance-profile/*";
const region = "${data.aws_region.current.region}";
const made = ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"].map(
  (type) => `${here}:*:${type}/*`,
);

const resourceOwned = [
  `StringEquals aws:ResourceTag/kubernetes.io/cluster/${cluster} owned`,
  "StringLike aws:ResourceTag/karpenter.sh/nodepool *",
];
const requestOwned = [
  `StringEquals aws:RequestTag/kubernetes.io/cluster/${cluster} owned`,
  "StringLike aws:RequestTag/karpenter.sh/nodepool *",
  `StringEquals aws:RequestTag/eks:eks-cluster-name ${cluster}`,
];
const profileOwned = (which: string) => [
  `StringEquals aws:${which}Tag/kubernetes.io/cluster/${cluster} owned`,
  `StringLike aws:${which}Tag/karpenter.k8s.aws/ec2nodeclass *`,
  `StringEquals aws:${which}Tag/topology.kubernetes.io/region ${region}`,
];
const profileRequested = [...profileOwned("Request"), `StringEquals aws:RequestTag/eks:eks-cluster-name ${cluster}`];

/** Karpenter's template of v1.14, statement by statement: policy, sid, actions, resources, conditions. */
const expected: [policy: string, sid: string, actions: string, resources: string[], conditions: string[]][] = [
  [
    "node_lifecycle",
    "AllowScopedEC2InstanceAccessActions",
    "ec2:RunInstances ec2:CreateFleet",
    [
      ...["image", "snapshot"].map((type) => `${here}::${type}/*`),
      ...["security-group", "subnet", "capacity-reservation", "placement-group"].map((type) => `${here}:*:${type}/*`),
    ],
    [],
  ],
  [
    "node_lifecycle",
    "AllowScopedEC2LaunchTemplateAccessActions",
    "ec2:RunInstances ec2:CreateFleet",
    [`${here}:*:launch-template/*`],
    resourceOwned,
  ],
  [
    "node_lifecycle",
    "AllowScopedEC2InstanceActionsWithTags",
    "ec2:RunInstances ec2:CreateFleet ec2:CreateLaunchTemplate",
    made,
    requestOwned,
  ],
  [
    "node_lifecycle",
    "AllowScopedResourceCreationTagging",
    "ec2:CreateTags",
    made,
    [...requestOwned, "StringEquals ec2:CreateAction RunInstances,CreateFleet,CreateLaunchTemplate"],
  ],
  [
    "node_lifecycle",
    "AllowScopedResourceTagging",
    "ec2:CreateTags",
    [`${here}:*:instance/*`],
    [
      ...resourceOwned,
      `StringEqualsIfExists aws:RequestTag/eks:eks-cluster-name ${cluster}`,
      "ForAllValues:StringEquals aws:TagKeys eks:eks-cluster-name,karpenter.sh/nodeclaim,Name",
    ],
  ],
  [
    "node_lifecycle",
    "AllowScopedDeletion",
    "ec2:TerminateInstances ec2:DeleteLaunchTemplate",
    [`${here}:*:instance/*`, `${here}:*:launch-template/*`],
    resourceOwned,
  ],
  [
    "iamintegration",
    "AllowPassingInstanceRole",
    "iam:PassRole",
    ["${aws_iam_role.node.arn}"],
    ["StringEquals iam:PassedToService ec2.amazonaws.com,ec2.amazonaws.com.cn"],
  ],
  [
    "iamintegration",
    "AllowScopedInstanceProfileCreationActions",
    "iam:CreateInstanceProfile",
    [profiles],
    profileRequested,
  ],
  [
    "iamintegration",
    "AllowScopedInstanceProfileTagActions",
    "iam:TagInstanceProfile",
    [profiles],
    [...profileOwned("Resource"), ...profileRequested],
  ],
  [
    "iamintegration",
    "AllowScopedInstanceProfileActions",
    "iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile iam:DeleteInstanceProfile",
    [profiles],
    profileOwned("Resource"),
  ],
  ["eksintegration", "AllowAPIServerEndpointDiscovery", "eks:DescribeCluster", ["${var.cluster_arn}"], []],
  [
    "interruption",
    "AllowInterruptionQueueActions",
    "sqs:DeleteMessage sqs:GetQueueUrl sqs:ReceiveMessage",
    ["${aws_sqs_queue.interruption.arn}"],
    [],
  ],
  [
    "zonal_shift",
    "AllowZonalShiftStatusReadOnly",
    "arc-zonal-shift:GetManagedResource",
    ["*"],
    ["StringEquals arc-zonal-shift:ResourceIdentifier ${var.cluster_arn}"],
  ],
  [
    "resource_discovery",
    "AllowRegionalReadActions",
    [
      ...["CapacityReservations", "Images", "Instances", "InstanceStatus", "InstanceTypeOfferings", "InstanceTypes"],
      ...["LaunchTemplates", "PlacementGroups", "SecurityGroups", "SpotPriceHistory", "Subnets"],
    ]
      .map((what) => `ec2:Describe${what}`)
      .join(" "),
    ["*"],
    [`StringEquals aws:RequestedRegion ${region}`],
  ],
  [
    "resource_discovery",
    "AllowSSMReadActions",
    "ssm:GetParameter",
    [`arn:\${data.aws_partition.current.partition}:ssm:${region}::parameter/aws/service/*`],
    [],
  ],
  ["resource_discovery", "AllowPricingReadActions", "pricing:GetProducts", ["*"], []],
  ["resource_discovery", "AllowUnscopedInstanceProfileListAction", "iam:ListInstanceProfiles", ["*"], []],
  ["resource_discovery", "AllowInstanceProfileReadActions", "iam:GetInstanceProfile", [profiles], []],
];

const documents: Record<string, Json> = module("IAM").data.aws_iam_policy_document;

describe("Karpenter's policies", () => {
  it.each(expected)(
    "%s: %s keeps its actions, resources and conditions",
    (policy, sid, actions, resources, conditions) => {
      const statement = documents[`karpenter_${policy}`].statement.find((one: Json) => one.sid === sid);
      expect(statement.actions).toEqual(actions.split(" "));
      expect(statement.resources).toEqual(resources);
      const found = (statement.condition ?? []).map(
        ({ test, variable, values }: Json) => `${test} ${variable} ${values.join(",")}`,
      );
      expect(found.toSorted()).toEqual(conditions.toSorted());
    },
  );

  it("have no statement beside these", () => {
    const found = Object.entries(documents)
      .filter(([name]) => /^karpenter_(?!.*trust)/.test(name))
      .flatMap(([name, { statement }]) =>
        statement.map((one: Json) => `${name.slice("karpenter_".length)} ${one.sid}`),
      );
    expect(found.toSorted()).toEqual(expected.map(([policy, sid]) => `${policy} ${sid}`).toSorted());
  });

  it("are shown to reviewers as IAM writes them, below its limit", () => {
    const shown = JSON.parse(files.get("terraform/environments/dev/karpenter-controller-policy.json") ?? "{}");
    expect(Object.keys(shown)).toHaveLength(6);
    expect(Object.values<Json>(shown).flatMap(({ Statement }) => Statement)).toHaveLength(expected.length);
    for (const policy of Object.values(shown)) expect(JSON.stringify(policy).length).toBeLessThan(6144);
    const tagging = shown["KarpenterControllerNodeLifecyclePolicy-aura-dev"].Statement[3];
    expect(tagging.Condition).toEqual({
      StringEquals: {
        "aws:RequestTag/kubernetes.io/cluster/aura-dev": "owned",
        "aws:RequestTag/eks:eks-cluster-name": "aura-dev",
        "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
      },
      StringLike: { "aws:RequestTag/karpenter.sh/nodepool": "*" },
    });
  });
});

import {
  CreateLaunchTemplateCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSnapshotsCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  RequestSpotInstancesCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateFargateProfileCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
  DescribeFargateProfileCommand,
  DescribeNodegroupCommand,
} from "@aws-sdk/client-eks";
import * as classic from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import type { AwsClients } from "../../../src/aws/clients.ts";
import type { Tags } from "../../../src/aws/sweep/scope.ts";
import type { Seed } from "./sweep-seed.ts";
import { type Network, specification } from "./sweep-seed-network.ts";
import {
  auraTags,
  balancerTags,
  driverTags,
  karpenterTags,
  serviceTags,
  systemTags,
  type World,
} from "./sweep-tags.ts";

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** The cluster with its nodes, Karpenter's instance and launch template, a PersistentVolume and its snapshot. */
export async function seedCompute({ ec2, eks }: AwsClients, world: World, network: Network, seed: Seed): Promise<void> {
  const { cluster: name } = world;
  const subnetIds = [...network.subnets];
  const tags = world.tags(auraTags(world));
  await eks.send(new CreateClusterCommand({ name, roleArn: role("c"), resourcesVpcConfig: { subnetIds }, tags }));
  seed("EKS cluster", name, async () => (await eks.send(new DescribeClusterCommand({ name }))).cluster);
  const part = { clusterName: name, tags };
  await eks.send(
    new CreateNodegroupCommand({ ...part, nodegroupName: "system", nodeRole: role("n"), subnets: subnetIds }),
  );
  seed("EKS node group", `${name}/system`, async () => {
    const command = new DescribeNodegroupCommand({ clusterName: name, nodegroupName: "system" });
    return (await eks.send(command)).nodegroup;
  });
  await eks.send(
    new CreateFargateProfileCommand({
      ...part,
      fargateProfileName: "own",
      podExecutionRoleArn: role("f"),
      selectors: [{ namespace: "own" }],
    }),
  );
  seed("Fargate profile", `${name}/own`, async () => {
    const command = new DescribeFargateProfileCommand({ clusterName: name, fargateProfileName: "own" });
    return (await eks.send(command)).fargateProfile;
  });
  const ImageId = (await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }))).Images?.[0]?.ImageId;
  for (const tags of [karpenterTags(world), systemTags(world)]) {
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId,
        InstanceType: "g5.xlarge",
        MinCount: 1,
        MaxCount: 1,
        SubnetId: network.subnets[0],
        ...specification(world, "instance", tags),
      }),
    );
    const id = Instances[0]?.InstanceId ?? "";
    seed("EC2 instance", id, async () => {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      return Reservations[0]?.Instances?.[0]?.State?.Name !== "terminated";
    });
  }
  const template = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: `karpenter.k8s.aws/${name}-${network.vpc}`,
      LaunchTemplateData: { InstanceType: "g5.xlarge" },
      ...specification(world, "launch-template", karpenterTags(world)),
    }),
  );
  const templateId = template.LaunchTemplate?.LaunchTemplateId ?? "";
  seed("launch template", templateId, async () => {
    const command = new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [templateId] });
    return (await ec2.send(command)).LaunchTemplates;
  });
  await seedStorage({ ec2 }, world, seed);
  const spot = await ec2.send(
    new RequestSpotInstancesCommand({ SpotPrice: "0.5", LaunchSpecification: { ImageId, InstanceType: "g5.xlarge" } }),
  );
  const requestId = spot.SpotInstanceRequests?.[0]?.SpotInstanceRequestId ?? "";
  await setTags({ ec2 }, requestId, world.tags(karpenterTags(world)));
  seed("spot request", requestId, async () => {
    const command = new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [requestId] });
    const { SpotInstanceRequests = [] } = await ec2.send(command);
    return SpotInstanceRequests.filter(({ State }) => State === "open" || State === "active");
  });
}

async function setTags({ ec2 }: Pick<AwsClients, "ec2">, id: string, tags: Tags): Promise<void> {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (list.length > 0) await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: list }));
}

async function seedStorage({ ec2 }: Pick<AwsClients, "ec2">, world: World, seed: Seed): Promise<void> {
  const volume = await ec2.send(
    new CreateVolumeCommand({
      AvailabilityZone: "us-east-1a",
      Size: 100,
      VolumeType: "gp3",
      ...specification(world, "volume", driverTags(world)),
    }),
  );
  const { VolumeId = "" } = volume;
  seed("EBS volume", VolumeId, async () => {
    return (await ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes;
  });
  const snapshot = await ec2.send(
    new CreateSnapshotCommand({ VolumeId, ...specification(world, "snapshot", driverTags(world)) }),
  );
  const { SnapshotId = "" } = snapshot;
  seed("EBS snapshot", SnapshotId, async () => {
    return (await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }))).Snapshots;
  });
}

/** What controllers make for a Service of type LoadBalancer. */
export async function seedBalancers(clients: AwsClients, world: World, network: Network, seed: Seed): Promise<void> {
  const { elb, elbv2 } = clients;
  const name = world.cluster.slice(0, 20);
  const listed = (tags: Tags) => {
    const list = Object.entries(world.tags(tags)).map(([Key, Value]) => ({ Key, Value }));
    return list.length === 0 ? {} : { Tags: list };
  };
  const made = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: `k8s-${name}`,
      Type: "network",
      Subnets: [...network.subnets],
      ...listed(balancerTags(world)),
    }),
  );
  const arn = made.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  seed("load balancer", arn, async () => {
    return (await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))).LoadBalancers;
  });
  const target = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: `k8s-${name}`,
      Protocol: "TCP",
      Port: 80,
      VpcId: network.vpc,
      ...listed(balancerTags(world)),
    }),
  );
  const targetArn = target.TargetGroups?.[0]?.TargetGroupArn ?? "";
  seed("target group", targetArn, async () => {
    return (await elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetArn] }))).TargetGroups;
  });
  const LoadBalancerName = `a-${name}`;
  await elb.send(
    new classic.CreateLoadBalancerCommand({
      LoadBalancerName,
      Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30080 }],
      Subnets: [network.subnets[0] ?? ""],
      ...listed(serviceTags(world)),
    }),
  );
  seed("classic load balancer", LoadBalancerName, async () => {
    const command = new classic.DescribeLoadBalancersCommand({ LoadBalancerNames: [LoadBalancerName] });
    return (await elb.send(command)).LoadBalancerDescriptions;
  });
}

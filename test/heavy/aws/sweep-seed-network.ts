import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateFlowLogsCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type ResourceType,
} from "@aws-sdk/client-ec2";

import type { AwsClients } from "../../../src/aws/clients.ts";
import type { Tags } from "../../../src/aws/sweep/scope.ts";
import type { Seed } from "./sweep-seed.ts";
import { auraTags, cniTags, type World } from "./sweep-tags.ts";

export interface Network {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly group: string;
}

/** Tags as a call of EC2 takes them that makes something; none at all where a world has none. */
export function specification(world: World, type: ResourceType, tags: Tags) {
  const list = Object.entries(world.tags(tags)).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? {} : { TagSpecifications: [{ ResourceType: type, Tags: list }] };
}

/** A VPC with all that is in Terraform's, a load balancer's group, EKS's own group and a leaked interface. */
export async function seedNetwork({ ec2, region }: AwsClients, world: World, seed: Seed): Promise<Network> {
  const aura = auraTags(world);
  const { cluster } = world;
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: "10.64.0.0/16", ...specification(world, "vpc", aura) }),
  );
  const VpcId = Vpc?.VpcId ?? "";
  seed("VPC", VpcId, async () => (await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).Vpcs);

  const subnets: string[] = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const made = await ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.64.${index}.0/24`,
        AvailabilityZone: `${region}${zone}`,
        ...specification(world, "subnet", { "karpenter.sh/discovery": cluster, ...aura }),
      }),
    );
    const id = made.Subnet?.SubnetId ?? "";
    subnets.push(id);
    seed("subnet", id, async () => (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets);
  }
  const [SubnetId = ""] = subnets;

  const gateway = await ec2.send(
    new CreateInternetGatewayCommand({ ...specification(world, "internet-gateway", aura) }),
  );
  const InternetGatewayId = gateway.InternetGateway?.InternetGatewayId ?? "";
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  seed("internet gateway", InternetGatewayId, async () => {
    const command = new DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] });
    return (await ec2.send(command)).InternetGateways;
  });

  const table = await ec2.send(new CreateRouteTableCommand({ VpcId, ...specification(world, "route-table", aura) }));
  const RouteTableId = table.RouteTable?.RouteTableId ?? "";
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  seed("route table", RouteTableId, async () => {
    return (await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }))).RouteTables;
  });

  const address = await ec2.send(
    new AllocateAddressCommand({ Domain: "vpc", ...specification(world, "elastic-ip", aura) }),
  );
  const { AllocationId = "" } = address;
  seed("Elastic IP", AllocationId, async () => {
    return (await ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId] }))).Addresses;
  });
  const nat = await ec2.send(
    new CreateNatGatewayCommand({ AllocationId, SubnetId, ...specification(world, "natgateway", aura) }),
  );
  const NatGatewayId = nat.NatGateway?.NatGatewayId ?? "";
  seed("NAT gateway", NatGatewayId, async () => {
    const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId] }));
    return NatGateways.filter(({ State }) => State !== "deleted");
  });

  for (const [type, service] of [
    ["Gateway", "s3"],
    ["Interface", "ecr.api"],
  ] as const) {
    const endpoint = await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId,
        ServiceName: `com.amazonaws.${region}.${service}`,
        VpcEndpointType: type,
        ...(type === "Interface" ? { SubnetIds: [SubnetId] } : { RouteTableIds: [RouteTableId] }),
        ...specification(world, "vpc-endpoint", aura),
      }),
    );
    const id = endpoint.VpcEndpoint?.VpcEndpointId ?? "";
    seed("VPC endpoint", id, async () => {
      const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
      return VpcEndpoints.filter(({ State }) => !/deleted/i.test(State ?? ""));
    });
  }

  const flow = await ec2.send(
    new CreateFlowLogsCommand({
      ResourceIds: [VpcId],
      ResourceType: "VPC",
      TrafficType: "REJECT",
      LogDestinationType: "cloud-watch-logs",
      LogGroupName: `/aws/vpc/${cluster}-flow-logs`,
      DeliverLogsPermissionArn: "arn:aws:iam::123456789012:role/flow-logs",
      ...specification(world, "vpc-flow-log", aura),
    }),
  );
  const [FlowLogId = ""] = flow.FlowLogIds ?? [];
  seed("flow log", FlowLogId, async () => {
    return (await ec2.send(new DescribeFlowLogsCommand({ FlowLogIds: [FlowLogId] }))).FlowLogs;
  });

  const groups = await seedGroups({ ec2 }, world, VpcId, seed);
  const leaked = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId,
      Description: "aws-K8S-i-0123456789abcdef0",
      Groups: [groups.node],
      ...specification(world, "network-interface", cniTags(world)),
    }),
  );
  const NetworkInterfaceId = leaked.NetworkInterface?.NetworkInterfaceId ?? "";
  seed("network interface", NetworkInterfaceId, async () => {
    const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] });
    return (await ec2.send(command)).NetworkInterfaces;
  });
  return { vpc: VpcId, subnets, group: groups.node };
}

/** The nodes' and the cluster's, which name each other in their rules; a load balancer's; and EKS's own. */
async function seedGroups({ ec2 }: Pick<AwsClients, "ec2">, world: World, VpcId: string, seed: Seed) {
  const { cluster } = world;
  const group = async (GroupName: string, tags: Tags) => {
    const made = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName,
        Description: "seeded",
        VpcId,
        ...specification(world, "security-group", tags),
      }),
    );
    const id = made.GroupId ?? "";
    seed("security group", id, async () => {
      return (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups;
    });
    return id;
  };
  const aura = auraTags(world);
  const owned = { [`kubernetes.io/cluster/${cluster}`]: "owned" };
  const node = await group(`${cluster}-node`, { ...owned, "karpenter.sh/discovery": cluster, ...aura });
  const control = await group(`${cluster}-cluster`, aura);
  await group(`k8s-traffic-${cluster}`, { "elbv2.k8s.aws/cluster": cluster, "elbv2.k8s.aws/resource": "backend-sg" });
  await group(`eks-cluster-sg-${cluster}-1234567890`, { "aws:eks:cluster-name": cluster, ...owned });
  for (const [GroupId, other] of [
    [node, control],
    [control, node],
  ] as const) {
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: other }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  }
  return { node, control };
}

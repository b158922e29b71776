import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteInternetGatewayCommand,
  DeleteLaunchTemplateCommand,
  DeleteNatGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DetachInternetGatewayCommand,
  ReleaseAddressCommand,
  type ResourceType,
} from "@aws-sdk/client-ec2";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { pairs, type ResourceKind, type Tags } from "./provider-kinds.ts";

const tagged = (type: ResourceType, tags: Tags) => ({ TagSpecifications: [{ ResourceType: type, Tags: pairs(tags) }] });

/** Refuses as EC2 does what others still hang on; moto is more generous. */
async function refuseWhileUsed(what: string, filter: { Name: string; Values: string[] }, { ec2 }: AwsClients) {
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [filter] }));
  const [first] = NetworkInterfaces.filter(({ Status }) => Status === "available" || Status === "in-use");
  if (first !== undefined) throw dependency(what);
}

const dependency = (what: string) =>
  Object.assign(new Error(`${what} has dependencies and cannot be deleted.`), { name: "DependencyViolation" });

/** The VPC and what is in it. */
export const networkKinds: Readonly<Record<string, ResourceKind>> = {
  aws_vpc: {
    async create({ input, tags }, { ec2 }) {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: input.cidr_block, ...tagged("vpc", tags) }));
      return `${Vpc?.VpcId}`;
    },
    async remove(VpcId, _, { ec2 }) {
      const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      if (SecurityGroups.some(({ GroupName }) => GroupName !== "default") || Subnets.length > 0)
        throw dependency(`The vpc '${VpcId}'`);
      await ec2.send(new DeleteVpcCommand({ VpcId }));
    },
  },
  aws_subnet: {
    async create({ input, tags }, { ec2 }) {
      const { vpc_id: VpcId, cidr_block: CidrBlock, availability_zone: AvailabilityZone } = input;
      const where = { VpcId, CidrBlock, AvailabilityZone };
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ ...where, ...tagged("subnet", tags) }));
      return `${Subnet?.SubnetId}`;
    },
    async remove(SubnetId, _, aws) {
      await refuseWhileUsed(`The subnet '${SubnetId}'`, { Name: "subnet-id", Values: [SubnetId] }, aws);
      await aws.ec2.send(new DeleteSubnetCommand({ SubnetId }));
    },
  },
  aws_security_group: {
    async create({ input, tags }, { ec2 }) {
      const { name: GroupName, description: Description, vpc_id: VpcId } = input;
      const group = { GroupName, Description, VpcId, ...tagged("security-group", tags) };
      return `${(await ec2.send(new CreateSecurityGroupCommand(group))).GroupId}`;
    },
    async remove(GroupId, _, aws) {
      await refuseWhileUsed(`resource ${GroupId}`, { Name: "group-id", Values: [GroupId] }, aws);
      await aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    },
  },
  aws_internet_gateway: {
    async create({ input, tags }, { ec2 }) {
      const made = await ec2.send(new CreateInternetGatewayCommand(tagged("internet-gateway", tags)));
      const InternetGatewayId = `${made.InternetGateway?.InternetGatewayId}`;
      await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: input.vpc_id }));
      return InternetGatewayId;
    },
    async remove(InternetGatewayId, { input }, { ec2 }) {
      const { InternetGateways = [] } = await ec2.send(
        new DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] }),
      );
      if (InternetGateways[0]?.Attachments?.length)
        await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId: input.vpc_id }));
      await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    },
  },
  aws_eip: {
    create: async ({ tags }, { ec2 }) =>
      `${(await ec2.send(new AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", tags) }))).AllocationId}`,
    remove: (AllocationId, _, { ec2 }) => ec2.send(new ReleaseAddressCommand({ AllocationId })),
  },
  aws_nat_gateway: {
    async create({ input, tags }, { ec2 }) {
      const where = { AllocationId: input.allocation_id, SubnetId: input.subnet_id };
      const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ ...where, ...tagged("natgateway", tags) }));
      return `${NatGateway?.NatGatewayId}`;
    },
    remove: (NatGatewayId, _, { ec2 }) => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })),
  },
  aws_route_table: {
    async create({ input, tags }, { ec2 }) {
      const table = { VpcId: input.vpc_id, ...tagged("route-table", tags) };
      return `${(await ec2.send(new CreateRouteTableCommand(table))).RouteTable?.RouteTableId}`;
    },
    remove: (RouteTableId, _, { ec2 }) => ec2.send(new DeleteRouteTableCommand({ RouteTableId })),
  },
  aws_vpc_endpoint: {
    async create({ input, tags }, { ec2 }) {
      const { vpc_id: VpcId, service_name: ServiceName, vpc_endpoint_type: VpcEndpointType } = input;
      const made = { VpcId, ServiceName, VpcEndpointType, ...tagged("vpc-endpoint", tags) };
      return `${(await ec2.send(new CreateVpcEndpointCommand(made))).VpcEndpoint?.VpcEndpointId}`;
    },
    remove: (id, _, { ec2 }) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })),
  },
  aws_launch_template: {
    async create({ input, tags }, { ec2 }) {
      const template = { LaunchTemplateName: input.name, LaunchTemplateData: { InstanceType: "t3.large" as const } };
      const made = await ec2.send(new CreateLaunchTemplateCommand({ ...template, ...tagged("launch-template", tags) }));
      return `${made.LaunchTemplate?.LaunchTemplateId}`;
    },
    remove: (LaunchTemplateId, _, { ec2 }) => ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId })),
  },
};

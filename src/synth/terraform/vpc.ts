import { CloudwatchLogGroup } from "@cdktn/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsRegion } from "@cdktn/provider-aws/lib/data-aws-region/index.js";
import { Eip } from "@cdktn/provider-aws/lib/eip/index.js";
import { FlowLog } from "@cdktn/provider-aws/lib/flow-log/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktn/provider-aws/lib/iam-role-policy/index.js";
import { InternetGateway } from "@cdktn/provider-aws/lib/internet-gateway/index.js";
import { NatGateway } from "@cdktn/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktn/provider-aws/lib/route/index.js";
import { RouteTable } from "@cdktn/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktn/provider-aws/lib/route-table-association/index.js";
import { SecurityGroup } from "@cdktn/provider-aws/lib/security-group/index.js";
import { Subnet } from "@cdktn/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktn/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktn/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktn/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { VpcSecurityGroupRulesExclusive } from "@cdktn/provider-aws/lib/vpc-security-group-rules-exclusive/index.js";
import { type ITerraformDependable, TerraformIterator, Token } from "cdktn";

import { count, flag, permissionsBoundaryArn, text, textMap, textSet } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";
import { permissionsBoundary, policyDocument, trustedService } from "./policies.ts";

export const vpcInputs = {
  clusterName: text("Name of the cluster that lives in the network; names and discovery tags are made of it."),
  cidr: text("IPv4 range of the VPC, such as `10.64.0.0/16`."),
  publicSubnets: textMap("Public subnets: zone to range."),
  privateSubnets: textMap("Private subnets, where nodes run: zone to range."),
  intraSubnets: textMap(
    "Subnets without a route out, for the control plane's interfaces: zone to range. Empty: none.",
    {},
  ),
  natZones: textSet("Zones that have a NAT gateway. Empty: nothing private reaches the internet."),
  natRoutes: textMap("Which zone's NAT gateway a private subnet uses: zone to zone. Empty without NAT."),
  interfaceEndpoints: textSet("AWS services reached through interface endpoints, such as `ecr.api`.", []),
  flowLogs: flag("Whether rejected traffic is logged.", false),
  logRetentionDays: count("How many days flow logs are kept.", 7),
  permissionsBoundaryArn,
};

/** The network: subnets in every zone, ways out as the inputs say, and nothing open by default. */
export class VpcModule extends ModuleStack<typeof vpcInputs> {
  /** Nodes need them from their first to their last minute. */
  private readonly waysOut: ITerraformDependable[] = [];

  constructor() {
    super(
      "VPC",
      "The network of a cluster: public, private and intra subnets, NAT, endpoints and flow logs.",
      vpcInputs,
    );
    const vpc = this.network();
    this.subnets(vpc);
    this.routes(vpc);
    this.endpoints(vpc);
    this.flowLogs(vpc);
    this.output(
      "nodeSubnetIds",
      "${[for subnet in aws_subnet.private : subnet.id]}",
      "The private subnets, once nodes in them reach what they need.",
      this.waysOut,
    );
  }

  private network(): Vpc {
    const vpc = new Vpc(this, "vpc.this", {
      cidrBlock: this.var.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: this.var.clusterName },
    });
    const closed = new VpcSecurityGroupRulesExclusive(this, "security_group_rules.default", {
      securityGroupId: vpc.defaultSecurityGroupId,
      ingressRuleIds: [],
      egressRuleIds: [],
    });
    // `aws_default_security_group` would tag it, which a role that tags only what is its own may not
    this.note("The VPC's default group, without rules: what names no security group reaches nothing.", closed);
    this.output("vpcId", vpc.id, "The VPC.");
    this.output("cidr", vpc.cidrBlock, "Its IPv4 range.");
    return vpc;
  }

  private subnets(vpc: Vpc) {
    const tier = (name: keyof typeof tierNotes, tags: Record<string, string>) => {
      const subnet = new Subnet(this, `subnet.${name}`, {
        forEach: TerraformIterator.fromMap(this.var[`${name}Subnets`]),
        vpcId: vpc.id,
        availabilityZone: "${each.key}",
        cidrBlock: "${each.value}",
        mapPublicIpOnLaunch: false,
        tags: { Name: `${this.var.clusterName}-${name}-\${each.key}`, ...tags },
      });
      const ids = `\${[for subnet in aws_subnet.${name} : subnet.id]}`;
      this.output(`${name}SubnetIds`, ids, `The ${name} subnets, in the order of their zones.`);
      return this.note(tierNotes[name], subnet);
    };
    tier("public", { "kubernetes.io/role/elb": "1" });
    tier("private", { "kubernetes.io/role/internal-elb": "1", "karpenter.sh/discovery": this.var.clusterName });
    tier("intra", {});
  }

  /** One table for the public subnets, one for each private subnet (its NAT may be its own), one for the intra subnets. */
  private routes(vpc: Vpc): void {
    const name = (what: string) => ({ Name: `${this.var.clusterName}-${what}` });
    const internet = new InternetGateway(this, "internet_gateway.this", { vpcId: vpc.id, tags: name("internet") });
    const table = new RouteTable(this, "route_table.public", { vpcId: vpc.id, tags: name("public") });
    const out = new Route(this, "public_route.internet", {
      routeTableId: table.id,
      destinationCidrBlock: anywhere,
      gatewayId: internet.id,
    });
    // Packets from a NAT gateway leave by the public subnets' route: it is there first and goes last
    this.natGateways(internet, [out, this.associate("public", "${aws_route_table.public.id}")]);
    new RouteTable(this, "route_table.private", {
      forEach: TerraformIterator.fromMap(this.var.privateSubnets),
      vpcId: vpc.id,
      tags: name("private-${each.key}"),
    });
    const nat = new Route(this, "private_route.nat", {
      forEach: TerraformIterator.fromMap(this.var.natRoutes),
      routeTableId: "${aws_route_table.private[each.key].id}",
      destinationCidrBlock: anywhere,
      natGatewayId: "${aws_nat_gateway.this[each.value].id}",
    });
    new RouteTable(this, "route_table.intra", { vpcId: vpc.id, tags: name("intra") });
    const associated = this.associate("private", "${aws_route_table.private[each.key].id}");
    this.associate("intra", "${aws_route_table.intra.id}");
    this.waysOut.push(nat, associated);
  }

  private natGateways(internet: InternetGateway, route: ITerraformDependable[]): void {
    const zones = TerraformIterator.fromList(this.var.natZones);
    const tags = { Name: `${this.var.clusterName}-nat-\${each.key}` };
    new Eip(this, "eip.nat", { forEach: zones, domain: "vpc", tags, dependsOn: [internet] });
    new NatGateway(this, "nat_gateway.this", {
      forEach: zones,
      allocationId: "${aws_eip.nat[each.key].id}",
      subnetId: "${aws_subnet.public[each.key].id}",
      tags,
      dependsOn: route,
    });
    const addresses = '${[for address in aws_eip.nat : "${address.public_ip}/32"]}';
    this.output("natCidrs", addresses, "The NAT gateways' public addresses, as ranges.");
  }

  private associate(tier: keyof typeof tierNotes, routeTableId: string): RouteTableAssociation {
    return new RouteTableAssociation(this, `association.${tier}`, {
      forEach: TerraformIterator.fromMap(this.var[`${tier}Subnets`]),
      subnetId: `\${aws_subnet.${tier}[each.key].id}`,
      routeTableId,
    });
  }

  private endpoints(vpc: Vpc): void {
    const region = new DataAwsRegion(this, "region.current", {});
    const s3 = new VpcEndpoint(this, "endpoint.s3", {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region.region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: Token.asList("${[for table in aws_route_table.private : table.id]}"),
      tags: { Name: `${this.var.clusterName}-s3` },
    });
    this.note("Free of charge, and image layers from ECR come through it instead of through NAT.", s3);
    const wanted = this.when("length(var.interface_endpoints) > 0");
    new SecurityGroup(this, "security_group.endpoints", {
      count: wanted,
      name: `${this.var.clusterName}-endpoints`,
      description: "Interface endpoints of AWS services",
      vpcId: vpc.id,
      tags: { Name: `${this.var.clusterName}-endpoints` },
    });
    const https = new VpcSecurityGroupIngressRule(this, "ingress_rule.endpoints_https", {
      count: wanted,
      securityGroupId: "${aws_security_group.endpoints[0].id}",
      description: "HTTPS from within the VPC",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: vpc.cidrBlock,
    });
    const services = new VpcEndpoint(this, "endpoint.interface", {
      forEach: TerraformIterator.fromList(this.var.interfaceEndpoints),
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region.region}.\${each.key}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: Token.asList("${[for subnet in aws_subnet.private : subnet.id]}"),
      securityGroupIds: ["${aws_security_group.endpoints[0].id}"],
      tags: { Name: `${this.var.clusterName}-\${each.key}` },
    });
    this.waysOut.push(s3, https, services);
  }

  /** Rejected traffic only: what one looks for when something cannot be reached, and little enough to be cheap. */
  private flowLogs(vpc: Vpc): void {
    const wanted = this.when("var.flow_logs");
    const name = `${this.var.clusterName}-flow-logs`;
    new CloudwatchLogGroup(this, "log_group.flow_logs", {
      count: wanted,
      name: `/aws/vpc/${name}`,
      retentionInDays: this.var.logRetentionDays,
    });
    const trust = policyDocument(this, "flow_logs_trust", [
      trustedService("AllowFlowLogs", "vpc-flow-logs.amazonaws.com"),
    ]);
    new IamRole(this, "role.flow_logs", { count: wanted, name, assumeRolePolicy: trust, permissionsBoundary });
    const write = policyDocument(this, "flow_logs", [
      {
        sid: "AllowWritingFlowLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        resources: this.expression('[for group in aws_cloudwatch_log_group.flow_logs : "${group.arn}:*"]'),
      },
    ]);
    new IamRolePolicy(this, "role_policy.flow_logs", {
      count: wanted,
      name: "write",
      role: "${aws_iam_role.flow_logs[0].id}",
      policy: write,
    });
    new FlowLog(this, "flow_log.this", {
      count: wanted,
      vpcId: vpc.id,
      trafficType: "REJECT",
      logDestination: "${aws_cloudwatch_log_group.flow_logs[0].arn}",
      iamRoleArn: "${aws_iam_role.flow_logs[0].arn}",
      tags: { Name: name },
    });
  }
}

const anywhere = "0.0.0.0/0";

const tierNotes = {
  public: "For NAT gateways and public load balancers; nodes never get a public address.",
  private: "Nodes run here: Karpenter finds the subnets by their discovery tag.",
  intra: "No route leaves the VPC from here.",
};

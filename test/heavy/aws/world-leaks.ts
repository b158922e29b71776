import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { isThere } from "../../../src/aws/errors.ts";
import { pairs } from "./provider-kinds.ts";
import type { Seed } from "./sweep-seed.ts";
import { seedBalancers, seedCompute } from "./sweep-seed-compute.ts";
import { seedNetwork } from "./sweep-seed-network.ts";
import { cniTags, world } from "./sweep-tags.ts";
import { cluster, environment } from "./world-project.ts";

/**
 * What a destroy of EKS leaves: interfaces of the VPC CNI in the subnets, the group that EKS made, the log group made
 * once more without a tag; or, with everything, one of each kind that controllers in the cluster make.
 */
export async function leak(aws: AwsClients, { everything }: { readonly everything: boolean }): Promise<string[]> {
  const kinds: string[] = [];
  const seed: Seed = (kind) => void kinds.push(kind);
  const own = world(environment);
  if (everything) {
    const network = await seedNetwork(aws, own, seed);
    await seedCompute({ ...aws, eks: thereAlready(aws.eks) }, own, network, seed);
    await seedBalancers(aws, own, network, seed);
  }
  const Filters = [{ Name: "tag:Name", Values: [`${cluster}-private-us-east-1a`] }];
  const { Subnets = [] } = await aws.ec2.send(new DescribeSubnetsCommand({ Filters }));
  const TagSpecifications = [{ ResourceType: "network-interface" as const, Tags: pairs(cniTags(own)) }];
  for (const { SubnetId } of Subnets) {
    await aws.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, TagSpecifications }));
    kinds.push("network interface");
  }
  if (everything) return kinds;
  const { Vpcs = [] } = await aws.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "tag:Name", Values: [cluster] }] }),
  );
  const group = { GroupName: `eks-cluster-sg-${cluster}-987654321`, Description: "EKS", VpcId: Vpcs[0]?.VpcId };
  const Tags = pairs({ [`kubernetes.io/cluster/${cluster}`]: "owned" });
  await aws.ec2.send(
    new CreateSecurityGroupCommand({ ...group, TagSpecifications: [{ ResourceType: "security-group", Tags }] }),
  );
  await aws.logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/eks/${cluster}/cluster` })).catch(() => {});
  return [...kinds, "security group", "log group"];
}

/** The cluster is there: what else is in it is made beside what Terraform has made. */
function thereAlready(eks: AwsClients["eks"]): AwsClients["eks"] {
  const send = (command: Parameters<AwsClients["eks"]["send"]>[0]) =>
    eks.send(command).catch((error: unknown) => {
      if (!isThere(error)) throw error;
      return {};
    });
  return { send } as unknown as AwsClients["eks"];
}

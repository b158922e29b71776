import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
  DeleteAccessEntryCommand,
  DeleteAddonCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DeletePodIdentityAssociationCommand,
  DescribeClusterCommand,
} from "@aws-sdk/client-eks";
import { CreateOpenIDConnectProviderCommand, DeleteOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { pairs, type ResourceKind } from "./provider-kinds.ts";

const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** The group that EKS makes itself: of this cluster, and not of one whose name only begins so. */
async function primaryGroups(cluster: string, { ec2 }: AwsClients): Promise<string[]> {
  const Filters = [{ Name: "group-name", Values: [primaryGroup(cluster)] }];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups.map(({ GroupId }) => `${GroupId}`);
}

const primaryGroup = (cluster: string) => `eks-cluster-sg-${cluster}-1234567890`;

/** The cluster and what belongs to it. */
export const clusterKinds: Readonly<Record<string, ResourceKind>> = {
  aws_eks_cluster: {
    async create({ input, tags }, aws) {
      const { name, version, vpc_config: vpc } = input;
      const { SubnetIds = [] } = { SubnetIds: vpc.subnet_ids as string[] };
      await aws.eks.send(
        new CreateClusterCommand({
          ...{ name, version, tags, roleArn: roleArn(`${name}-cluster`) },
          resourcesVpcConfig: {
            subnetIds: SubnetIds,
            endpointPublicAccess: vpc.endpoint_public_access,
            endpointPrivateAccess: vpc.endpoint_private_access,
            publicAccessCidrs: vpc.public_access_cidrs,
          },
        }),
      );
      const Filters = [{ Name: "group-name", Values: [`${name}-cluster`] }];
      const { SecurityGroups = [] } = await aws.ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      const VpcId = SecurityGroups[0]?.VpcId;
      await aws.ec2.send(
        new CreateSecurityGroupCommand({
          ...{ GroupName: primaryGroup(name), Description: "EKS created security group", VpcId },
          TagSpecifications: [
            {
              ResourceType: "security-group",
              Tags: pairs({ [`kubernetes.io/cluster/${name}`]: "owned", "aws:eks:cluster-name": name }),
            },
          ],
        }),
      );
      return name;
    },
    async remove(name, _, aws) {
      await aws.eks.send(new DeleteClusterCommand({ name }));
      for (const GroupId of await primaryGroups(name, aws))
        await aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    },
  },
  aws_ec2_tag: {
    async create({ input }, aws) {
      // the only thing it is used for: the stand-in of the cluster's group is the cluster
      const Resources = await primaryGroups(input.resource_id, aws);
      if (Resources.length > 0)
        await aws.ec2.send(new CreateTagsCommand({ Resources, Tags: pairs({ [input.key]: input.value }) }));
      return "tag";
    },
    remove: async () => {},
  },
  aws_eks_node_group: {
    async create({ input, tags }, { eks }) {
      const { cluster_name: clusterName, node_group_name: nodegroupName, subnet_ids: subnets } = input;
      const nodeRole = roleArn(`${clusterName}-system-node`);
      await eks.send(new CreateNodegroupCommand({ clusterName, nodegroupName, nodeRole, subnets, tags }));
      return nodegroupName;
    },
    remove: (nodegroupName, { input }, { eks }) =>
      eks.send(new DeleteNodegroupCommand({ clusterName: input.cluster_name, nodegroupName })),
  },
  aws_eks_addon: {
    async create({ input, tags }, { eks }) {
      const { cluster_name: clusterName, addon_name: addonName } = input;
      await eks.send(new CreateAddonCommand({ clusterName, addonName, tags }));
      return addonName;
    },
    remove: (addonName, { input }, { eks }) =>
      eks.send(new DeleteAddonCommand({ clusterName: input.cluster_name, addonName })),
  },
  aws_eks_access_entry: {
    async create({ input, tags }, { eks }) {
      const { cluster_name: clusterName, principal_arn: principalArn, type = "STANDARD" } = input;
      await eks.send(new CreateAccessEntryCommand({ clusterName, principalArn, type, tags }));
      return principalArn;
    },
    remove: (principalArn, { input }, { eks }) =>
      eks.send(new DeleteAccessEntryCommand({ clusterName: input.cluster_name, principalArn })),
  },
  aws_eks_access_policy_association: {
    async create({ input }, { eks }) {
      const { cluster_name: clusterName, principal_arn: principalArn, policy_arn: policyArn } = input;
      const accessScope = { type: "cluster" } as const;
      await eks.send(new AssociateAccessPolicyCommand({ clusterName, principalArn, policyArn, accessScope }));
      return policyArn;
    },
    // goes with the entry
    remove: async () => {},
  },
  aws_eks_pod_identity_association: {
    async create({ input, tags }, { eks }) {
      const { cluster_name: clusterName, namespace, service_account: serviceAccount, role_arn } = input;
      const who = { clusterName, namespace, serviceAccount, roleArn: `${role_arn}`, tags };
      return `${(await eks.send(new CreatePodIdentityAssociationCommand(who))).association?.associationId}`;
    },
    remove: (associationId, { input }, { eks }) =>
      eks.send(new DeletePodIdentityAssociationCommand({ clusterName: input.cluster_name, associationId })),
  },
  aws_iam_openid_connect_provider: {
    async create({ tags }, aws) {
      const { cluster } = await aws.eks.send(new DescribeClusterCommand({ name: `${tags["Name"]}` }));
      const Url = `${cluster?.identity?.oidc?.issuer}`;
      const provider = { Url, ClientIDList: ["sts.amazonaws.com"], Tags: pairs(tags) };
      return `${(await aws.iam.send(new CreateOpenIDConnectProviderCommand(provider))).OpenIDConnectProviderArn}`;
    },
    remove: (OpenIDConnectProviderArn, _, { iam }) =>
      iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })),
  },
};

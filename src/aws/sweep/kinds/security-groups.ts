import {
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type Filter,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";

import { inOwnVpc, tagged, type Wanted } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind, Look } from "../kind.ts";
import { chunks, nextTokenPages } from "../pages.ts";
import { type SweepScope, tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

const wanted: Wanted = {
  keys: [
    "elbv2.k8s.aws/cluster",
    "aws:eks:cluster-name",
    "karpenter.sh/discovery",
    "kubernetes.io/cluster/",
    "aura:environment",
  ],
  vpcFilter: "vpc-id",
};

/** Terraform's, the load balancers', and the one that EKS makes itself and that outlives a removal cut short. */
export const securityGroups: Kind = {
  name: "security group",
  why: "blocks the VPC",
  async find(look) {
    const ofCluster = { Name: "group-name", Values: [`eks-cluster-sg-${look.scope.cluster}-*`] };
    const found = [
      ...(await tagged(look, wanted, (filters) => describe(look, filters))),
      ...(await describe(look, [ofCluster])),
    ];
    // Every VPC has a default group, which goes with it and not before
    return found
      .filter(({ GroupName }) => GroupName !== "default")
      .map(({ GroupId: id = "", GroupName, Tags, OwnerId, ...group }) => ({
        id,
        name: GroupName,
        tags: tagsOf(Tags),
        signs: signs(look, GroupName, group.VpcId),
        owner: OwnerId,
        fix: `aws ec2 delete-security-group --region ${look.scope.region} --group-id ${id}`,
      }));
  },
  async prepare(ids, hands) {
    for (const Values of chunks(ids, 200)) {
      const groups = await describe(hands, [{ Name: "group-id", Values }]);
      for (const group of groups) await revokeReferences(group, hands);
    }
  },
  async remove(GroupId, { clients, call }) {
    await clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId }), call);
  },
};

function describe({ clients, call }: Hands, Filters: Filter[]): Promise<SecurityGroup[]> {
  return nextTokenPages(
    (token) => clients.ec2.send(new DescribeSecurityGroupsCommand({ Filters, ...token }), call),
    (page) => page.SecurityGroups,
  );
}

function signs(look: Look, name: string | undefined, vpc: string | undefined): string[] {
  return [...(isOfCluster(look.scope, name) ? [`is called ${name}`] : []), ...inOwnVpc(look, vpc)];
}

/** `eks-cluster-sg-CLUSTER-NUMBER`: a cluster `dev-2` must not be taken for the second of `dev`. */
function isOfCluster({ cluster }: SweepScope, name = ""): boolean {
  const start = `eks-cluster-sg-${cluster}-`;
  return name.startsWith(start) && /^\d{6,}$/.test(name.slice(start.length));
}

/** Groups that name each other in their rules can be removed in no order. */
async function revokeReferences({ GroupId, ...group }: SecurityGroup, { clients, call }: Hands): Promise<void> {
  const ingress = references(group.IpPermissions);
  const egress = references(group.IpPermissionsEgress);
  await unlessMissing(async () => {
    if (ingress.length > 0)
      await clients.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }), call);
    if (egress.length > 0)
      await clients.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress }), call);
  });
}

function references(permissions: readonly IpPermission[] | undefined): IpPermission[] {
  return (permissions ?? [])
    .filter(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.length > 0)
    .map(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) => ({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }));
}

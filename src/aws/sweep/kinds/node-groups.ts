import { DeleteNodegroupCommand, DescribeNodegroupCommand, ListNodegroupsCommand } from "@aws-sdk/client-eks";

import type { Hands } from "../hands.ts";
import type { Kind, Thing } from "../kind.ts";
import { allPages } from "../pages.ts";
import { inCluster, inClusterId, presentParts, unlessMissing } from "./cluster-parts.ts";

/** Managed nodes: EKS would launch an instance again that is terminated before its group goes. */
export const nodeGroups: Kind = {
  name: "EKS node group",
  why: "launches instances, and blocks the cluster's removal",
  patienceMs: 1_800_000,
  async find({ clients, call, scope: { cluster, region } }) {
    const names = await unlessMissing(() =>
      allPages(
        (nextToken) => clients.eks.send(new ListNodegroupsCommand({ clusterName: cluster, nextToken }), call),
        (page) => page.nodegroups,
        (page) => page.nextToken,
      ),
    );
    const found = (names ?? []).map(async (name): Promise<Thing[]> => {
      const group = await describe(inClusterId(cluster, name), { clients, call });
      if (group === undefined) return [];
      const { tags = {}, status, createdAt } = group;
      const fix = `aws eks delete-nodegroup --region ${region} --cluster-name ${cluster} --nodegroup-name ${name}`;
      const signs = [`is in the cluster ${cluster}`];
      const ending = status === "DELETING";
      return [{ id: inClusterId(cluster, name), name, tags, signs, state: status, ending, createdAt, fix }];
    });
    return (await Promise.all(found)).flat();
  },
  async remove(id, { clients, call }) {
    const { clusterName, name: nodegroupName } = inCluster(id);
    await clients.eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName }), call);
  },
  present: (ids, hands) => presentParts(ids, (id) => describe(id, hands)),
};

async function describe(id: string, { clients, call }: Hands) {
  const { clusterName, name: nodegroupName } = inCluster(id);
  const command = new DescribeNodegroupCommand({ clusterName, nodegroupName });
  return unlessMissing(async () => (await clients.eks.send(command, call)).nodegroup);
}

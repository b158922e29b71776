import {
  DeleteFargateProfileCommand,
  DescribeFargateProfileCommand,
  ListFargateProfilesCommand,
} from "@aws-sdk/client-eks";

import type { Hands } from "../hands.ts";
import type { Kind, Thing } from "../kind.ts";
import { allPages } from "../pages.ts";
import { inCluster, inClusterId, presentParts, unlessMissing } from "./cluster-parts.ts";

/** Aura makes none; somebody may have in its cluster. EKS removes one at a time: others wait for it. */
export const fargateProfiles: Kind = {
  name: "Fargate profile",
  why: "blocks the cluster's removal",
  patienceMs: 900_000,
  async find({ clients, call, scope: { cluster, region } }) {
    const names = await unlessMissing(() =>
      allPages(
        (nextToken) => clients.eks.send(new ListFargateProfilesCommand({ clusterName: cluster, nextToken }), call),
        (page) => page.fargateProfileNames,
        (page) => page.nextToken,
      ),
    );
    const found = (names ?? []).map(async (name): Promise<Thing[]> => {
      const profile = await describe(inClusterId(cluster, name), { clients, call });
      if (profile === undefined) return [];
      const { tags = {}, status, createdAt } = profile;
      const fix = `aws eks delete-fargate-profile --region ${region} --cluster-name ${cluster} --fargate-profile-name ${name}`;
      const signs = [`is in the cluster ${cluster}`];
      const ending = status === "DELETING";
      return [{ id: inClusterId(cluster, name), name, tags, signs, state: status, ending, createdAt, fix }];
    });
    return (await Promise.all(found)).flat();
  },
  async remove(id, { clients, call }) {
    const { clusterName, name: fargateProfileName } = inCluster(id);
    await clients.eks.send(new DeleteFargateProfileCommand({ clusterName, fargateProfileName }), call);
  },
  present: (ids, hands) => presentParts(ids, (id) => describe(id, hands)),
};

async function describe(id: string, { clients, call }: Hands) {
  const { clusterName, name: fargateProfileName } = inCluster(id);
  const command = new DescribeFargateProfileCommand({ clusterName, fargateProfileName });
  return unlessMissing(async () => (await clients.eks.send(command, call)).fargateProfile);
}

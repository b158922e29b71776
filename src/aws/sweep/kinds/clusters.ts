import { DeleteClusterCommand, DescribeClusterCommand } from "@aws-sdk/client-eks";

import { fixedUsdPerHour } from "../../../catalog/environment-costs.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { presentParts, unlessMissing } from "./cluster-parts.ts";

/** Its add-ons, access entries and Pod Identity associations go with it. */
export const clusters: Kind = {
  name: "EKS cluster",
  why: "billed by the hour",
  patienceMs: 1_800_000,
  async find(look) {
    const { cluster: name, region } = look.scope;
    const cluster = await describe(name, look);
    if (cluster === undefined) return [];
    const { tags = {}, status, createdAt, version } = cluster;
    return [
      {
        id: name,
        tags,
        signs: [`is called ${name}`],
        state: status,
        ending: status === "DELETING",
        detail: version,
        usdPerHour: fixedUsdPerHour.controlPlane,
        createdAt,
        fix: `aws eks delete-cluster --region ${region} --name ${name}`,
      },
    ];
  },
  async remove(name, { clients, call }) {
    await clients.eks.send(new DeleteClusterCommand({ name }), call);
  },
  present: (ids, hands) => presentParts(ids, (id) => describe(id, hands)),
};

async function describe(name: string, { clients, call }: Hands) {
  return unlessMissing(async () => (await clients.eks.send(new DescribeClusterCommand({ name }), call)).cluster);
}

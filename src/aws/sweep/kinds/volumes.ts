import { DeleteVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";

import { tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["eks:eks-cluster-name", "kubernetes.io/cluster/", "aura:environment"] };

/** Of nodes and of PersistentVolumeClaims. AWS refuses to delete one that an instance still uses. */
export const volumes: Kind = {
  name: "EBS volume",
  why: "billed by its size",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, (Filters) =>
      nextTokenPages(
        (token) => clients.ec2.send(new DescribeVolumesCommand({ Filters, ...token }), call),
        (page) => page.Volumes,
      ),
    );
    return found
      .filter(({ State }) => State !== "deleted")
      .map(({ VolumeId: id = "", Tags, State, Size, VolumeType, CreateTime }) => ({
        id,
        name: tagsOf(Tags)["Name"],
        tags: tagsOf(Tags),
        state: State,
        ending: State === "deleting",
        detail: `${Size} GiB ${VolumeType}`,
        createdAt: CreateTime,
        fix: `aws ec2 delete-volume --region ${scope.region} --volume-id ${id}`,
      }));
  },
  async remove(VolumeId, { clients, call }) {
    await clients.ec2.send(new DeleteVolumeCommand({ VolumeId }), call);
  },
};

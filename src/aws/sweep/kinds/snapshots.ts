import { DeleteSnapshotCommand, DescribeSnapshotsCommand } from "@aws-sdk/client-ec2";

import { tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["kubernetes.io/cluster/", "aura:environment"] };

/** Of volumes that the CSI driver made: they carry the same tags. */
export const snapshots: Kind = {
  name: "EBS snapshot",
  why: "billed by its size",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, (Filters) =>
      nextTokenPages(
        (token) => clients.ec2.send(new DescribeSnapshotsCommand({ Filters, OwnerIds: ["self"], ...token }), call),
        (page) => page.Snapshots,
      ),
    );
    return found.map(({ SnapshotId: id = "", Tags, State, VolumeSize, StartTime, OwnerId }) => ({
      id,
      name: tagsOf(Tags)["Name"],
      tags: tagsOf(Tags),
      owner: OwnerId,
      state: State,
      detail: `of ${VolumeSize} GiB`,
      createdAt: StartTime,
      fix: `aws ec2 delete-snapshot --region ${scope.region} --snapshot-id ${id}`,
    }));
  },
  async remove(SnapshotId, { clients, call }) {
    await clients.ec2.send(new DeleteSnapshotCommand({ SnapshotId }), call);
  },
};

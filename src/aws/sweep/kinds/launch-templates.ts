import { DeleteLaunchTemplateCommand, DescribeLaunchTemplatesCommand } from "@aws-sdk/client-ec2";

import { tagged, type Wanted } from "../ec2-filters.ts";
import type { Kind } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";

const wanted: Wanted = { keys: ["eks:eks-cluster-name", "eks:cluster-name", "aura:environment"] };

/** Karpenter's, known by the tag it sets since v1.1 (not by `karpenter.k8s.aws/cluster`), EKS's and Terraform's. */
export const launchTemplates: Kind = {
  name: "launch template",
  why: "costs nothing, counts against a quota",
  async find(look) {
    const { clients, call, scope } = look;
    const found = await tagged(look, wanted, (Filters) =>
      nextTokenPages(
        (token) => clients.ec2.send(new DescribeLaunchTemplatesCommand({ Filters, ...token }), call),
        (page) => page.LaunchTemplates,
      ),
    );
    return found.map(({ LaunchTemplateId: id = "", LaunchTemplateName, Tags, CreateTime }) => ({
      id,
      name: LaunchTemplateName,
      tags: tagsOf(Tags),
      createdAt: CreateTime,
      fix: `aws ec2 delete-launch-template --region ${scope.region} --launch-template-id ${id}`,
    }));
  },
  async remove(LaunchTemplateId, { clients, call }) {
    await clients.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }), call);
  },
};

import {
  DeleteLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type LoadBalancerDescription,
} from "@aws-sdk/client-elastic-load-balancing";

import { inOwnVpc } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { allPages, chunks } from "../pages.ts";
import { type Tags, tagsOf } from "../scope.ts";

/** What Kubernetes itself makes for a Service where no controller of AWS runs. */
export const classicLoadBalancers: Kind = {
  name: "classic load balancer",
  why: "billed by the hour; its interfaces block subnets and the VPC",
  patienceMs: 300_000,
  async find(look) {
    const found = await describe(look);
    const tags = await tagsByName(look, found);
    return found.map(({ LoadBalancerName: id = "", VPCId, CreatedTime }) => ({
      id,
      tags: tags.get(id) ?? {},
      signs: inOwnVpc(look, VPCId),
      createdAt: CreatedTime,
      fix: `aws elb delete-load-balancer --region ${look.scope.region} --load-balancer-name ${id}`,
    }));
  },
  async remove(LoadBalancerName, { clients, call }) {
    await clients.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerName }), call);
  },
};

function describe({ clients, call }: Hands): Promise<LoadBalancerDescription[]> {
  return allPages(
    (Marker) => clients.elb.send(new DescribeLoadBalancersCommand({ Marker }), call),
    (page) => page.LoadBalancerDescriptions,
    (page) => page.NextMarker,
  );
}

async function tagsByName({ clients, call }: Hands, balancers: readonly LoadBalancerDescription[]) {
  const names = balancers.flatMap(({ LoadBalancerName: name }) => name ?? []);
  const found = new Map<string, Tags>();
  for (const LoadBalancerNames of chunks(names, 20)) {
    const { TagDescriptions = [] } = await clients.elb.send(new DescribeTagsCommand({ LoadBalancerNames }), call);
    for (const { LoadBalancerName = "", Tags: tags } of TagDescriptions) found.set(LoadBalancerName, tagsOf(tags));
  }
  return found;
}

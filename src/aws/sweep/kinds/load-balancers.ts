import {
  DeleteLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  type LoadBalancer,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import { inOwnVpc } from "../ec2-filters.ts";
import type { Hands } from "../hands.ts";
import type { Kind } from "../kind.ts";
import { allPages } from "../pages.ts";
import { tagsOfBalancing } from "./balancing-tags.ts";

/** Application and network load balancers, which a controller in the cluster made for Services and Ingresses. */
export const loadBalancers: Kind = {
  name: "load balancer",
  why: "billed by the hour; its interfaces block subnets and the VPC",
  patienceMs: 300_000,
  async find(look) {
    const found = await describe(look);
    const tags = await tagsOfBalancing(
      look,
      found.map(({ LoadBalancerArn }) => LoadBalancerArn),
    );
    return found.map(({ LoadBalancerArn: id = "", LoadBalancerName, VpcId, State, CreatedTime, Type }) => ({
      id,
      name: LoadBalancerName,
      tags: tags.get(id) ?? {},
      signs: inOwnVpc(look, VpcId),
      state: State?.Code,
      detail: Type,
      createdAt: CreatedTime,
      fix: `aws elbv2 delete-load-balancer --region ${look.scope.region} --load-balancer-arn ${id}`,
    }));
  },
  async remove(LoadBalancerArn, { clients, call }) {
    await clients.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }), call);
  },
  async present(ids, hands) {
    const there = new Set((await describe(hands)).map(({ LoadBalancerArn }) => LoadBalancerArn));
    return ids.filter((id) => there.has(id));
  },
};

function describe({ clients, call }: Hands): Promise<LoadBalancer[]> {
  return allPages(
    (Marker) => clients.elbv2.send(new DescribeLoadBalancersCommand({ Marker }), call),
    (page) => page.LoadBalancers,
    (page) => page.NextMarker,
  );
}

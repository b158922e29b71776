import { DescribeTagsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";

import type { Hands } from "../hands.ts";
import { chunks } from "../pages.ts";
import { type Tags, tagsOf } from "../scope.ts";

/** Tags by ARN. A call takes 20 ARNs (ELB API Reference, DescribeTags). */
export async function tagsOfBalancing(
  { clients, call }: Hands,
  arns: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, Tags>> {
  const found = new Map<string, Tags>();
  const known = arns.filter((arn) => arn !== undefined);
  for (const ResourceArns of chunks(known, 20)) {
    const { TagDescriptions = [] } = await clients.elbv2.send(new DescribeTagsCommand({ ResourceArns }), call);
    for (const { ResourceArn = "", Tags: tags } of TagDescriptions) found.set(ResourceArn, tagsOf(tags));
  }
  return found;
}

import { GetResourcesCommand, type TagFilter } from "@aws-sdk/client-resource-groups-tagging-api";

import type { Hands } from "./hands.ts";
import { allPages } from "./pages.ts";
import { type Tags, tagsOf } from "./scope.ts";

export interface TaggedResource {
  readonly arn: string;
  readonly tags: Tags;
}

/**
 * What the account's index of tags lists. It lags: things that are gone stay in it for hours, and it knows no IAM roles.
 * A hint where to look, never a proof.
 */
export async function taggedResources(
  { clients, call }: Hands,
  filter: TagFilter,
  types: readonly string[] = [],
): Promise<TaggedResource[]> {
  const mappings = await allPages(
    (token) =>
      clients.tagging.send(
        new GetResourcesCommand({
          TagFilters: [filter],
          ...(types.length > 0 && { ResourceTypeFilters: [...types] }),
          ...(token !== undefined && { PaginationToken: token }),
        }),
        call,
      ),
    (page) => page.ResourceTagMappingList,
    (page) => page.PaginationToken,
  );
  return mappings.map(({ ResourceARN: arn = "", Tags: tags }) => ({ arn, tags: tagsOf(tags) }));
}

import { isApiError, type ListQuery, type ObjectApi } from "../cluster/api.ts";
import type { KubeObject } from "../cluster/objects.ts";

/**
 * Lists objects of a kind that a cluster may not know, as one without Karpenter knows no NodePools: then there are none.
 * Who has no rights on what Karpenter brings with it has none of it, either.
 */
export async function listServed<T extends KubeObject>(api: ObjectApi, query: ListQuery): Promise<T[]> {
  try {
    return (await api.list<T>(query)).items;
  } catch (error) {
    if (isOutOfReach(error, query.apiVersion)) return [];
    throw error;
  }
}

/** Whether an answer means that the cluster does not know the kind, or keeps an optional one from this user. */
export function isOutOfReach(error: unknown, apiVersion: string): boolean {
  const isOptional = /^(karpenter|autoscaling\.x-k8s)\./.test(apiVersion);
  return isApiError(error, 404) || (isOptional && isApiError(error, 403));
}

import { isApiError, type ObjectApi, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";

/** What steps need of the cluster they work in. */
export interface ClusterAccess {
  /**
   * Undefined while there is no cluster: then nothing in it exists either. Fails with CLUSTER_UNREACHABLE where a cluster
   * that does not answer is there all the same.
   */
  api(): Promise<ObjectApi | undefined>;
  time(): Promise<number>;
  readonly clock: Clock;
}

/** The cluster, for steps that cannot do without it. Fails with CLUSTER_UNREACHABLE. */
export async function connected(access: ClusterAccess): Promise<ObjectApi> {
  const api = await access.api();
  if (api === undefined) throw new Failure("CLUSTER_UNREACHABLE", "the cluster does not answer any more");
  return api;
}

export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

export async function readOrUndefined<T extends KubeObject>(api: ObjectApi, ref: ObjectRef): Promise<T | undefined> {
  try {
    return await api.read<T>(ref);
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Deletes an object and what it owns; that it is gone already is success. */
export async function deleteIfPresent(api: ObjectApi, ref: ObjectRef): Promise<void> {
  try {
    await api.delete(ref, { propagationPolicy: "Background" });
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
  }
}
